// Builds dist/ (ES modules and types), dist/cjs/ (the three library entries for require) and build/ (tests and
// benchmarks, which import the package by its own name and so see exactly what a user sees). What a prepared process
// loads is bundled: finding and loading sixty modules takes longer than all that umbra does at the start. So are the command
// line, which takes a third of the time, and what makes patches, of three hundred modules: these are for tests, and most
// stay out of the package.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))

function compile(project) {
  const { status } = spawnSync(process.execPath, [tsc, '-p', project], { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

/** What packages of the command line that are CommonJS take built-in modules by. */
const REQUIRE =
  "const require = globalThis.process.getBuiltinModule('node:module').createRequire(import.meta.url);"

/**
 * Replaces modules of dist/ by bundles; what several of them have in common becomes a chunk that they share.
 *
 * @param packages 'bundle' where those that they import come along: the program has copies of its own, and patches are for these
 */
async function bundle(packages, ...modules) {
  const folder = dirname(modules[0])
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: modules.map((module) => `src/${module}.ts`),
    outbase: 'src',
    outdir: 'dist',
    // As deep as the modules, which find other files by relative paths.
    chunkNames: `${folder}/[name]-[hash]`,
    bundle: true,
    inject: ['src/loader/own-process.ts'],
    splitting: true,
    packages,
    external: ['esbuild', 'oxc-parser'], // they are not JavaScript alone
    banner: folder === 'cli' || folder === 'build' ? { js: REQUIRE } : {},
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: true,
    write: false,
  })
  for (const { path, text } of outputFiles)
    writeFileSync(path, path.endsWith('.js') ? withoutFacades(withOwnDescriptors(text)) : text)
}

/**
 * Built-in modules without their ES module face: making that reads every property of the module, and so loads whatever
 * lies behind its getters (`node:fs` leads to streams, promises and readline).
 */
function withoutFacades(code) {
  return code.replace(
    /^import (?:(\w+)(?:, )?)?(\{[^}]*\})? ?from "(node:\w+(?:\/\w+)?)";$/gm,
    (_, whole, names, module) => {
      const bindings = [whole, names?.replaceAll(' as ', ': ')].filter(Boolean)
      return bindings
        .map((binding) => `const ${binding} = globalThis.process.getBuiltinModule("${module}");`)
        .join(' ')
    },
  )
}

/** What the bundler defines takes nothing from an Object.prototype that the program has polluted (see src/define.ts). */
function withOwnDescriptors(code) {
  return code
    .replace('for (var name in all)', 'for (var name of Object.keys(all))')
    .replace(/(__defProp\([^{}]*?, )\{ (?=get:|value:)/g, '$1{ __proto__: null, ')
}

for (const folder of ['dist', 'build']) rmSync(`${root}${folder}`, { recursive: true, force: true })
compile('tsconfig.json')
await bundle('bundle', 'loader/register', 'agent/patching')
await bundle('bundle', 'build/verify-preload')
await bundle('bundle', 'build/build', 'build/diff', 'build/read/folder', 'build/read/registry')
await bundle('bundle', 'cli/main')
await bundle('external', 'loader/hooks')
await bundle('external', 'instrument/index')
await bundle('bundle', 'cli/build-thread')
compile('tsconfig.cjs.json')
writeFileSync(`${root}dist/cjs/package.json`, '{ "type": "commonjs" }\n')
compile('tsconfig.test.json')
if (existsSync(`${root}dist/cli/main.js`)) chmodSync(`${root}dist/cli/main.js`, 0o755)
