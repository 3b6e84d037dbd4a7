import carefulBlog from '../../../../docs/policies/careful-blog.jsonc';
import newsroom from '../../../../docs/policies/newsroom.jsonc';
import readOnly from '../../../../docs/policies/read-only.jsonc';
import shop from '../../../../docs/policies/shop-high-season.jsonc';
import staging from '../../../../docs/policies/staging.jsonc';
import { __ } from '@wordpress/i18n';

/** The policies of docs/policies, to begin with. */
export const readyMade = (): readonly { readonly name: string; readonly text: string }[] => [
  { name: __('A careful blog', 'chaperone'), text: carefulBlog },
  { name: __('A newsroom with two desks', 'chaperone'), text: newsroom },
  { name: __('Agents that only read', 'chaperone'), text: readOnly },
  { name: __('A shop in the high season', 'chaperone'), text: shop },
  { name: __('A staging site', 'chaperone'), text: staging },
];
