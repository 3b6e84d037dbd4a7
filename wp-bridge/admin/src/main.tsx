import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { boot } from './site/boot.js';
import { Safely } from './parts/page.js';
import { isScreen, SCREENS } from './screens.js';

const root = document.getElementById('chaperone-root');
if (root !== null && isScreen(boot.screen)) {
  const Screen = await SCREENS[boot.screen]();
  createRoot(root).render(
    <StrictMode>
      <Safely>
        <Screen />
      </Safely>
    </StrictMode>,
  );
}
