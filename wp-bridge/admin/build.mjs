// Bundles the screens into wp-bridge/build/: `node wp-bridge/admin/build.mjs`. Nothing is loaded from elsewhere at run time.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const target = join(dirname(here), 'build');

/** The site's own copies: they hold its translations, its nonce, its time zone and its live region. */
const FROM_SITE = {
  '@wordpress/i18n': 'i18n',
  '@wordpress/api-fetch': 'apiFetch',
  '@wordpress/date': 'date',
  '@wordpress/a11y': 'a11y',
  '@wordpress/hooks': 'hooks',
};

const siteGlobals = {
  name: 'site-globals',
  setup(plugin) {
    plugin.onResolve({ filter: /^@wordpress\/(i18n|api-fetch|date|a11y|hooks)$/ }, ({ path }) => ({
      path,
      namespace: 'site',
    }));
    plugin.onLoad({ filter: /.*/, namespace: 'site' }, ({ path }) => ({
      contents: `module.exports = window.wp.${FROM_SITE[path]};`,
      loader: 'js',
    }));
  },
};

const OPTIONS = {
  bundle: true,
  minify: true,
  sourcemap: false,
  metafile: true,
  target: ['es2022', 'chrome100', 'firefox100', 'safari15.4'],
  legalComments: 'none',
  logLevel: 'warning',
  define: { 'process.env.NODE_ENV': '"production"' },
};

async function bundleScripts(folder) {
  const { metafile } = await build({
    ...OPTIONS,
    absWorkingDir: here,
    entryPoints: ['src/main.tsx'],
    outdir: folder,
    format: 'esm',
    splitting: true,
    jsx: 'automatic',
    loader: { '.md': 'text', '.jsonc': 'text' },
    entryNames: '[name]-[hash]',
    chunkNames: 'part-[hash]',
    plugins: [siteGlobals],
  });
  const main = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === 'src/main.tsx');
  return basename(main[0]);
}

/** One stylesheet for each direction; our own has logical properties and is in both. */
async function bundleStyles(folder) {
  for (const suffix of ['', '-rtl']) {
    await build({
      ...OPTIONS,
      absWorkingDir: here,
      stdin: {
        contents: [
          `@import "@wordpress/components/build-style/style${suffix}.css";`,
          `@import "@wordpress/dataviews/build-style/style${suffix}.css";`,
          '@import "./src/style.css";',
        ].join('\n'),
        loader: 'css',
        resolveDir: here,
      },
      outfile: join(folder, `screens${suffix}.css`),
    });
  }
}

/** A plain script that WordPress can enqueue on every version; the parts themselves are modules with hashes for names. */
function writeLoader(folder, main) {
  writeFileSync(
    join(folder, 'screens.js'),
    `import(new URL(${JSON.stringify(main)}, document.currentScript.src).href).catch(function (error) {\n` +
      `  var root = document.getElementById('chaperone-root');\n` +
      `  if (root) { root.textContent = root.dataset.failed; root.className = 'notice notice-error'; }\n` +
      `  throw error;\n});\n`,
  );
}

function versionOf(folder) {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 16);
}

export async function buildScreens() {
  const unfinished = `${target}.new-${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  writeLoader(unfinished, await bundleScripts(unfinished));
  await bundleStyles(unfinished);
  const asset = `<?php\n// Made by admin/build.mjs.\nif ( ! defined( 'ABSPATH' ) ) {\n\texit;\n}\nreturn array( 'version' => '${versionOf(unfinished)}' );\n`;
  writeFileSync(join(unfinished, 'screens.asset.php'), asset);
  rmSync(target, { recursive: true, force: true });
  renameSync(unfinished, target);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildScreens();
