/**
 * The shipped code of the shared table with a hook before every access to shared memory: what the scheduler and the
 * fault tests run. It is made from `dist/shared` when a test starts, so that it is never another algorithm than the
 * one which is shipped, and the shipped one needs no hooks.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseSync } from 'oxc-parser'

interface Node {
  type: string
  start: number
  end: number
  [key: string]: unknown
}

export interface Variant {
  /** Functions become generators, so that a scheduler can stop a thread at every access. */
  generators: boolean
  /** Constants to be changed, by name. */
  constants?: Record<string, number | boolean>
  /** The text of a module that exports `$load`, `$store`, `$atomic` and `$bulk`. */
  hooks: string
  /** The text of a module to take the place of `thread.js`. */
  thread?: string
}

const dist = fileURLToPath(new URL('../../../../dist/shared/', import.meta.url))
const CALLBACKS = ['ctor', 'dtor', 'fn']

/** Writes the variant to a new folder and returns the URL of its `index.js`. */
export function buildVariant(variant: Variant): string {
  const temporary = mkdtempSync(join(tmpdir(), 'umbra-shared-'))
  process.once('exit', () => rmSync(temporary, { recursive: true, force: true }))
  const folder = join(temporary, 'shared')
  mkdirSync(folder)
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  writeFileSync(join(folder, 'hooks.js'), variant.hooks)
  const files = readdirSync(dist).filter((file) => file.endsWith('.js'))
  const sources = new Map(files.map((file) => [file, readFileSync(join(dist, file), 'utf8')]))
  const names = new Set<string>()
  for (const [file, source] of sources) if (file !== 'thread.js') collectFunctions(parse(file, source), names)
  for (const [file, source] of sources) {
    const text =
      file === 'thread.js' ? (variant.thread ?? source) : new Transform(file, source, names, variant).text()
    writeFileSync(join(folder, file), text)
  }
  return pathToFileURL(join(folder, 'index.js')).href
}

class Transform {
  readonly #file: string
  readonly #source: string
  readonly #names: Set<string>
  readonly #variant: Variant
  /** Put before a call that may stop. */
  readonly #wait: string

  constructor(file: string, source: string, names: Set<string>, variant: Variant) {
    this.#file = file
    this.#source = source
    this.#names = names
    this.#variant = variant
    this.#wait = variant.generators ? 'yield* ' : ''
  }

  text(): string {
    const body = this.#render(parse(this.#file, this.#source))
    return `import { $load, $store, $atomic, $bulk } from './hooks.js'\n${this.#constants(body)}`
  }

  #constants(text: string): string {
    let changed = text
    for (const [name, value] of Object.entries(this.#variant.constants ?? {})) {
      changed = changed.replace(new RegExp(`const ${name} = [^;]*;`), `const ${name} = ${value};`)
    }
    return changed
  }

  #render(node: Node): string {
    switch (node.type) {
      case 'ArrowFunctionExpression':
        return this.#slice(node)
      case 'MemberExpression':
        return this.#isAccess(node) ? this.#load(node) : this.#children(node)
      case 'AssignmentExpression':
        return this.#isAccess(node.left as Node) ? this.#store(node) : this.#children(node)
      case 'CallExpression':
        return this.#call(node)
      case 'FunctionDeclaration':
        return this.#generator(this.#children(node), /^(export )?function /, '$1function* ')
      case 'MethodDefinition':
        return node.kind === 'method'
          ? this.#generator(this.#children(node), /^(static )?/, '$1*')
          : this.#children(node)
      default:
        return this.#children(node)
    }
  }

  #generator(text: string, what: RegExp, by: string): string {
    return this.#variant.generators ? text.replace(what, by) : text
  }

  /** `words[…]`, `memory.wide[…]` and the like. */
  #isAccess(node: Node): boolean {
    return node.type === 'MemberExpression' && node.computed === true && this.#isView(node.object as Node)
  }

  #isView(node: Node): boolean {
    return /(^|[.#])(words|wide|bytes)$/.test(this.#slice(node))
  }

  #load(node: Node): string {
    const property = node.property as Node
    return `(${this.#wait}$load(${this.#render(node.object as Node)}, ${this.#render(property)}, ${this.#name(property)}))`
  }

  #store(node: Node): string {
    const left = node.left as Node
    const place = `${this.#render(left.object as Node)}, ${this.#render(left.property as Node)}`
    const operator = (node.operator as string).slice(0, -1)
    const right = this.#render(node.right as Node)
    const value = operator === '' ? right : `(${this.#load(left)} ${operator} (${right}))`
    return `(${this.#wait}$store(${place}, ${value}, ${this.#name(left.property as Node)}))`
  }

  /** What the code calls the word: the last name in `entry + SIZE`, `TOP`, `bucket`. */
  #name(index: Node): string {
    return JSON.stringify(/(\w*)$/.exec(this.#slice(index))![1])
  }

  #call(node: Node): string {
    const callee = node.callee as Node
    const property = callee.type === 'MemberExpression' ? (callee.property as Node) : undefined
    const object = callee.type === 'MemberExpression' ? (callee.object as Node) : undefined
    const args = () => (node.arguments as Node[]).map((arg) => this.#render(arg)).join(', ')
    if (object && this.#slice(object) === 'Atomics') {
      return `(${this.#wait}$atomic('${property!.name}', ${args()}))`
    }
    if (object && this.#isView(object)) {
      return `(${this.#wait}$bulk('${property!.name}', ${this.#render(object)}, ${args()}))`
    }
    const name = (property ?? callee).name as string
    const ours = object ? ['this', 'SharedShadowTable'].includes(this.#slice(object)) : true
    const known = ours && (this.#names.has(name) || CALLBACKS.includes(name))
    return known ? `(${this.#wait}${this.#children(node)})` : this.#children(node)
  }

  #children(node: Node): string {
    let text = ''
    let at = node.start
    for (const child of childrenOf(node)) {
      // `import { a }` and `{ a }` name the same text twice.
      if (child.start < at) continue
      text += this.#source.slice(at, child.start) + this.#render(child)
      at = child.end
    }
    return text + this.#source.slice(at, node.end)
  }

  #slice(node: Node): string {
    return this.#source.slice(node.start, node.end)
  }
}

function parse(file: string, source: string): Node {
  const { program, errors } = parseSync(basename(file), source)
  if (errors.length > 0) throw new Error(`${file}: ${errors[0]!.message}`)
  return program as unknown as Node
}

function collectFunctions(node: Node, names: Set<string>): void {
  if (node.type === 'FunctionDeclaration') names.add((node.id as Node).name as string)
  if (node.type === 'MethodDefinition' && node.kind === 'method') names.add((node.key as Node).name as string)
  for (const child of childrenOf(node)) collectFunctions(child, names)
}

function childrenOf(node: Node): Node[] {
  const children: Node[] = []
  for (const value of Object.values(node)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one === 'object' && one !== null && typeof (one as Node).type === 'string')
        children.push(one as Node)
    }
  }
  return children.sort((a, b) => a.start - b.start)
}
