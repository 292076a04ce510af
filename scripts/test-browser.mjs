// `npm run test:browser`: bundles the browser tests of umbra/shadow as a user's bundler does, by the package's exports, and runs them in a
// headless Chromium, once on a plain page and once on one whose content security policy forbids generating code.
// The browser is $CHROMIUM, else the first of the names below that exists.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const names = ['chromium', 'chromium-browser', 'google-chrome', 'chrome']
const browser = [process.env.CHROMIUM, ...names].find(
  (name) => name && spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
)
if (browser === undefined) {
  process.stderr.write(
    `no Chromium found (looked for ${names.join(', ')}); install one, or say where it is: CHROMIUM=/path/to/chromium\n`,
  )
  process.exit(1)
}

const { outputFiles } = await build({
  entryPoints: [`${root}test/browser/page.ts`],
  bundle: true,
  minify: true,
  write: false,
  format: 'iife',
  target: 'es2022',
  platform: 'browser',
  logLevel: 'warning',
})
const script = outputFiles[0].text.replaceAll('</script', '<\\/script')

const folder = mkdtempSync(join(tmpdir(), 'umbra-browser-'))
let failed = false
try {
  for (const mayGenerateCode of [true, false]) {
    const file = join(folder, `page-${mayGenerateCode}.html`)
    writeFileSync(file, page(mayGenerateCode))
    failed = !run(file, mayGenerateCode) || failed
  }
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
}
process.exit(failed ? 1 : 0)

function page(mayGenerateCode) {
  const policy = `<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline'">`
  return `<!doctype html><meta charset="utf-8">${mayGenerateCode ? '' : policy}
<body>the tests did not run</body>
<script>globalThis.mayGenerateCode = ${mayGenerateCode}</script><script>${script}</script>`
}

function run(file, mayGenerateCode) {
  const { stdout, stderr, status } = spawnSync(
    browser,
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      `--user-data-dir=${folder}/profile`,
      '--dump-dom',
      `file://${file}`,
    ],
    { encoding: 'utf8', timeout: 120_000 },
  )
  const result = /<body>([\s\S]*)<\/body>/.exec(stdout)?.[1] ?? ''
  const passed = status === 0 && /\d+ tests done/.test(result) && !result.includes('FAILED')
  process.stdout.write(
    `${browser}, code generation ${mayGenerateCode ? 'allowed' : 'forbidden'}:\n${result.trim()}\n`,
  )
  if (!passed) process.stderr.write(`the browser tests failed (exit ${status})\n${stdout}\n${stderr}\n`)
  return passed
}
