// Runs tests of test262, each plain and prepared, in contexts of their own; told which by the parent process.
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import vm from 'node:vm'
import { cellDeclarations, cellForm } from '../../dist/instrument/cell.js'
import { instrument } from '../../dist/instrument/index.js'
import { hideFromToString } from '../../dist/instrument/to-string.js'

const harness = new Map()
let cells = 0

/** The files of the test that runs, by cell: `toString` is part of what must not change. */
const files = new Map()
hideFromToString((cell) => files.get(cell))

function frontMatter(source) {
  const text = /\/\*---([\s\S]*?)---\*\//.exec(source)?.[1] ?? ''
  const list = (name) => {
    const inline = new RegExp(`^${name}:\\s*\\[([^\\]]*)\\]`, 'm').exec(text)
    if (inline !== null)
      return inline[1]
        .split(',')
        .map((item) => item.trim())
        .filter(Boolean)
    const block = new RegExp(`^${name}:\\s*\\n((?:\\s+-.*\\n?)+)`, 'm').exec(text)
    return block === null ? [] : [...block[1].matchAll(/-\s*(\S+)/g)].map((match) => match[1])
  }
  return { flags: new Set(list('flags')), includes: list('includes'), negative: /^negative:/m.test(text) }
}

function include(root, name) {
  const key = join(root, 'harness', name)
  if (!harness.has(key)) harness.set(key, new vm.Script(readFileSync(key, 'utf8'), { filename: name }))
  return harness.get(key)
}

function newRealm(print) {
  const context = vm.createContext({}, { microtaskMode: undefined })
  const global = vm.runInContext('globalThis', context)
  const host = {
    global,
    createRealm: () => newRealm(print).host,
    evalScript: (code) =>
      vm.runInContext(code, context, {
        importModuleDynamically: vm.constants?.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      }),
    detachArrayBuffer: (buffer) => structuredClone(buffer, { transfer: [buffer] }),
    gc: () => globalThis.gc?.(),
    IsHTMLDDA: undefined,
    agent: { start() {}, broadcast() {}, getReport: () => null, sleep() {}, monotonicNow: () => 0 },
  }
  Object.defineProperty(global, '$262', { value: host, writable: true, configurable: true })
  Object.defineProperty(global, 'print', { value: print, writable: true, configurable: true })
  return { context, host }
}

/** The text that runs, and the cell that it needs. What cannot be prepared runs as it is, as the loader does it. */
function prepare(source, type, url, prepared, context) {
  if (!prepared) return source
  const cell = `$umbra${++cells}`
  try {
    const { code, sites } = instrument(source, { url, type, cell })
    files.set(cell, { source: () => source, code: () => code, sites: () => sites })
    vm.runInContext(cellDeclarations([cell], cellForm), context)
    return code
  } catch (error) {
    if (error.name !== 'InstrumentError') throw error
    return source
  }
}

async function runTest(root, file, source, meta, strict, prepared) {
  let done
  const finished = new Promise((resolve) => {
    done = resolve
  })
  const { context } = newRealm((text) => done(String(text)))
  files.clear()
  const modules = new Map()
  const load = (path, text) => {
    if (!modules.has(path)) {
      const url = pathToFileURL(path).href
      const code = prepare(text ?? readFileSync(path, 'utf8'), 'module', url, prepared, context)
      modules.set(path, new vm.SourceTextModule(code, { context, identifier: path, importModuleDynamically }))
    }
    return modules.get(path)
  }
  const link = (specifier, from) => load(resolve(dirname(from.identifier ?? file), specifier))
  async function importModuleDynamically(specifier, from) {
    const module = link(specifier, { identifier: from?.identifier ?? file })
    if (module.status === 'unlinked') await module.link(link)
    await module.evaluate()
    return module
  }
  try {
    if (!meta.flags.has('raw')) {
      const includes = ['assert.js', 'sta.js', ...(meta.flags.has('async') ? ['doneprintHandle.js'] : [])]
      for (const name of [...includes, ...meta.includes]) include(root, name).runInContext(context)
    }
    if (meta.flags.has('module')) {
      const module = load(file, source)
      await module.link(link)
      await module.evaluate()
    } else {
      const text = strict ? `"use strict";\n${source}` : source
      const code = prepare(text, 'commonjs', pathToFileURL(file).href, prepared, context)
      new vm.Script(code, { filename: file, importModuleDynamically }).runInContext(context)
    }
    if (meta.flags.has('async')) {
      const timeout = new Promise((resolve) => setTimeout(resolve, 3000, 'timeout').unref())
      return await Promise.race([finished, timeout])
    }
    return 'completed'
  } catch (error) {
    return outcomeOf(error)
  }
}

function outcomeOf(error) {
  try {
    return `threw ${error?.constructor?.name ?? typeof error}: ${meta262(error)}`
  } catch {
    return 'threw something'
  }
}

/** Assertions are compared with their message; what the engine says about code may quote it. */
function meta262(error) {
  return error?.constructor?.name === 'Test262Error' ? String(error.message) : ''
}

process.on('unhandledRejection', () => {})
process.on('uncaughtException', () => {})

process.on('message', async ({ root, file, sides }) => {
  const differences = []
  try {
    const source = readFileSync(file, 'utf8')
    const meta = frontMatter(source)
    const modes = []
    if (meta.flags.has('module') || meta.flags.has('raw') || meta.flags.has('noStrict')) modes.push(false)
    else if (meta.flags.has('onlyStrict')) modes.push(true)
    else modes.push(false, true)
    for (const strict of modes) {
      const outcomes = []
      for (const side of sides) {
        outcomes.push(await runTest(root, file, source, meta, strict, side === 'prepared'))
      }
      const [plain, prepared = plain] = outcomes
      if (plain !== prepared) differences.push({ strict, plain, prepared })
    }
  } catch (error) {
    differences.push({ strict: false, plain: '', prepared: `the transform failed: ${error.stack}` })
  }
  process.send({ file, differences })
})
process.send({ ready: true })
