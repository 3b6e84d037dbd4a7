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
  return partsOf(metafile.outputs);
}

/**
 * The first script, and for each screen the scripts that it stands on, itself and the first one among them: what a page can have
 * fetched at once instead of one after the other. A screen is what `src/screens.ts` imports, named by its folder.
 */
function partsOf(outputs) {
  const entries = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint !== undefined);
  const [main] = entries.find(([, { entryPoint }]) => entryPoint === 'src/main.tsx');
  const closure = (path, found = new Set()) => {
    if (found.has(path)) return found;
    found.add(path);
    for (const { path: next, kind } of outputs[path].imports) if (kind === 'import-statement') closure(next, found);
    return found;
  };
  const screens = entries.flatMap(([path, { entryPoint }]) => {
    const name = /^src\/(\w+)\/\1\.tsx$/.exec(entryPoint)?.[1];
    return name === undefined ? [] : [[name, [...closure(path, closure(main))].map((part) => basename(part))]];
  });
  return { main: basename(main), screens };
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

/** What Admin_Assets reads. */
function assetFile(version, screens) {
  const parts = screens.map(
    ([name, files]) => `\t\t'${name}' => array( ${files.map((file) => `'${file}'`).join(', ')} ),\n`,
  );
  return `<?php\n// Made by admin/build.mjs.\nif ( ! defined( 'ABSPATH' ) ) {\n\texit;\n}\nreturn array(\n\t'version' => '${version}',\n\t'parts'   => array(\n${parts.join('')}\t),\n);\n`;
}

export async function buildScreens() {
  const unfinished = `${target}.new-${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const { main, screens } = await bundleScripts(unfinished);
  writeLoader(unfinished, main);
  await bundleStyles(unfinished);
  writeFileSync(join(unfinished, 'screens.asset.php'), assetFile(versionOf(unfinished), screens));
  rmSync(target, { recursive: true, force: true });
  renameSync(unfinished, target);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildScreens();
