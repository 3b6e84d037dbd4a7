import { siteOptionsContract } from '../../contracts/site-options.contract.js';
import { FakeSiteOptions } from '../../support/fakes/fake-site-options.js';

siteOptionsContract('in memory', async () => Promise.resolve(new FakeSiteOptions()));
