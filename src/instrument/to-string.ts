/**
 * `Function.prototype.toString` as if nothing had been prepared: serialisers, test frameworks and dependency
 * injectors read it. Realms that node:vm makes get the same.
 *
 * The text that the engine gives names a cell and a function; what is known of that file tells which text of the original
 * became the one at hand. The result is the same to the character, or the engine's text is left alone.
 */

import { syncBuiltinESMExports } from 'node:module'
import vm from 'node:vm'
import { define } from '../define.ts'
import { findSite } from './cell.ts'
import type { FileSites } from './types.ts'

/** What must be known of a file; the loader's registry has it. */
export interface SourceFile {
  /** The text that was prepared. */
  source(): string
  /** What became of it, with the cell's name that runs. */
  code(): string
  sites(): Pick<FileSites, 'functions' | 'texts'>
}

interface Text {
  start: number
  end: number
  original: string
}

interface FileTexts {
  source: string
  code: string
  /** Where functions and classes lie in `code`, and what they were. */
  texts: Text[]
  /** Index in `texts` by function. */
  functions: Text[]
}

/** Files whose texts are kept; asking again for another one costs reading about it again. */
const MOST_FILES = 4

/**
 * Hides the preparation from `Function.prototype.toString`, in this realm and in contexts made from now on.
 * @param fileOf finds the file of a cell; undefined when it is not known.
 */
export function hideFromToString(fileOf: (cell: string) => SourceFile | undefined): void {
  const masks = new Masks(fileOf)
  masks.installInto(Function.prototype)
  masks.wrapContexts()
  syncBuiltinESMExports()
}

/** The function that Node wraps around a CommonJS module, which the module can reach as `arguments.callee`. */
const WRAPPER = 'function (exports, require, module, __filename, __dirname) {'

/** Texts found before, and those of functions that stand in for others. */
// biome-ignore lint/complexity/noBannedTypes: any function at all
const texts = new WeakMap<Function, string>()

/** Gives a function that is put in the place of another one its name, length and text. */
// biome-ignore lint/complexity/noBannedTypes: any function at all
export function standIn<T extends Function>(replacement: T, original: Function): T {
  texts.set(replacement, Function.prototype.toString.call(original))
  define(replacement, 'name', { value: original.name, configurable: true })
  define(replacement, 'length', { value: original.length, configurable: true })
  return replacement
}

class Masks {
  private readonly fileOf: (cell: string) => SourceFile | undefined
  private readonly files = new Map<string, FileTexts | undefined>()

  constructor(fileOf: (cell: string) => SourceFile | undefined) {
    this.fileOf = fileOf
  }

  // biome-ignore lint/complexity/noBannedTypes: the type of Function.prototype
  installInto(prototype: Function, realm = realmFunctions): void {
    // --frozen-intrinsics: nothing that is built in can be replaced
    if (Object.isFrozen(prototype)) return
    const native = prototype.toString
    const replacement = realm(native, (fn, text) => this.originalOf(fn, text), Reflect.apply)
    texts.set(replacement, Reflect.apply(native, native, []))
    define(prototype, 'toString', { value: replacement })
  }

  // biome-ignore lint/complexity/noBannedTypes: any function at all
  private originalOf(fn: Function, text: string): string {
    const known = texts.get(fn)
    if (known !== undefined) return known
    if (!text.includes('$umbra')) return text
    const original = this.find(text)
    texts.set(fn, original)
    return original
  }

  private find(text: string): string {
    const site = findSite(text)
    if (site === undefined) return text
    const file = this.textsOf(site.cell)
    const inner = file?.functions[site.index]
    if (file === undefined || inner === undefined) return text
    if (text.startsWith(WRAPPER)) return `${WRAPPER}\n${file.source}\n}`
    // The first site in the text is the function's own, or that of one inside it.
    const around = file.texts.filter(({ start, end }) => start <= inner.start && end >= inner.end)
    for (const { start, end, original } of around) {
      if (end - start === text.length && file.code.startsWith(text, start)) return original
    }
    // Made by an `original`, which is compiled from a text of its own: what begins most like it, the innermost first.
    let best: string | undefined
    let most = -1
    for (const { original } of around.sort((a, b) => a.end - a.start - (b.end - b.start))) {
      const alike = commonStart(original, text)
      if (original.startsWith('class') !== text.startsWith('class') || alike <= most) continue
      best = original
      most = alike
    }
    return best ?? text
  }

  private textsOf(cell: string): FileTexts | undefined {
    if (this.files.has(cell)) return this.files.get(cell)
    const texts = this.read(cell)
    const [oldest] = this.files.keys()
    if (this.files.size >= MOST_FILES && oldest !== undefined) this.files.delete(oldest)
    this.files.set(cell, texts)
    return texts
  }

  private read(cell: string): FileTexts | undefined {
    try {
      const file = this.fileOf(cell)
      if (file === undefined) return undefined
      const [source, code, sites] = [file.source(), file.code(), file.sites()]
      const texts: Text[] = []
      for (let at = 0; at < sites.texts.length; at += 4) {
        const [from, to, start, end] = sites.texts.slice(at, at + 4) as [number, number, number, number]
        texts.push({ start, end, original: source.slice(from, to) })
      }
      return { source, code, texts, functions: texts.slice(0, sites.functions.length) }
    } catch {
      return undefined
    }
  }

  /** Contexts that the program makes have a Function.prototype of their own. */
  wrapContexts(): void {
    const { createContext, runInNewContext } = vm
    const { runInNewContext: runScript } = vm.Script.prototype
    const enter = (context: vm.Context): vm.Context => {
      if (!this.entered.has(context)) {
        this.entered.add(context)
        const realm = vm.runInContext(REALM, context) as Realm
        // By no name: the program may have given the context another value for it.
        this.installInto(Object.getPrototypeOf(vm.runInContext('(function () {})', context)), realm)
      }
      return context
    }
    const replacements = {
      createContext(...args: Parameters<typeof createContext>) {
        const known = typeof args[0] === 'object' && vm.isContext(args[0])
        const context = createContext(...args) as vm.Context
        return known ? context : enter(context)
      },
      runInNewContext(
        code: string,
        object?: vm.Context,
        options?: vm.RunningCodeInNewContextOptions | string,
      ) {
        return runInNewContext(code, contextFor(object, options), options)
      },
    }
    const scripts = {
      runInNewContext(this: vm.Script, object?: vm.Context, options?: vm.RunningCodeInNewContextOptions) {
        return runScript.call(this, contextFor(object, options), options)
      },
    }
    const contextFor = (
      object: vm.Context | undefined,
      options: vm.RunningCodeInNewContextOptions | string | undefined,
    ): vm.Context | undefined => {
      if (object !== undefined && (object === null || typeof object !== 'object')) return object
      const given: vm.RunningCodeInNewContextOptions = typeof options === 'object' ? options : {}
      return replacements.createContext(object ?? {}, {
        name: given.contextName,
        origin: given.contextOrigin,
        codeGeneration: given.contextCodeGeneration,
        microtaskMode: given.microtaskMode,
      } as vm.CreateContextOptions)
    }
    this.replace(vm, 'createContext', replacements.createContext)
    this.replace(vm, 'runInNewContext', replacements.runInNewContext)
    this.replace(vm.Script.prototype, 'runInNewContext', scripts.runInNewContext)
  }

  private readonly entered = new WeakSet<object>()

  private replace(object: object, name: string, value: (...args: never[]) => unknown): void {
    const before = Object.getOwnPropertyDescriptor(object, name)
    if (before === undefined || !before.configurable) return
    define(object, name, { ...before, value: standIn(value, before.value) })
  }
}

function commonStart(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return length
}

type Realm = (
  native: () => string,
  // biome-ignore lint/complexity/noBannedTypes: any function at all
  originalOf: (fn: Function, text: string) => string,
  apply: typeof Reflect.apply,
) => () => string

/** A method, so that it is no constructor and has no prototype, like the one that it replaces. */
const realmFunctions: Realm = (native, originalOf, apply) =>
  ({
    toString(this: unknown): string {
      const text = apply(native, this, []) as string
      return originalOf(this as () => void, text)
    },
  }).toString

const REALM = `(${realmFunctions.toString()})`
