import MagicString from 'magic-string'
import { parseSync } from 'oxc-parser'
import type { Node } from '../instrument/parse.ts'
import { boundNames } from '../instrument/syntax.ts'
import { isFunction, isReference, isShadowed, walk } from './ast.ts'
import { UmbraError } from './errors.ts'
import { linkReplacement, type Reference } from './link-replacement.ts'
import { Strictness } from './strictness.ts'

/** A patch module as the body of a function of `$umbra`, `$umbraModules`, `$umbraMeta` and `$umbraImport`. */
export interface LinkedPatch {
  /** Returns the module's default export. Lines are where they were. */
  code: string
  /** The specifiers that `$umbraModules` must have. */
  imports: string[]
}

/**
 * Turns a patch, one ES module, into the body of a function, and rewrites `scope` and `original` in its replacements so
 * that they mean the scope and the function of each call.
 *
 * @throws UmbraError PATCH_SYNTAX, SCOPE_MISUSED
 */
export function link(code: string, filename: string): LinkedPatch {
  const { program, errors } = parseSync('patch.mjs', code)
  const [error] = errors
  if (error !== undefined)
    throw new UmbraError('PATCH_SYNTAX', `${filename} does not parse: ${error.message}`)
  return new Linker(program as unknown as Node, code, filename).link()
}

/** What the local names of the patch mean that it imported from umbra. */
type Meaning = 'scope' | 'original' | 'definePatch'

class Linker {
  readonly #program: Node
  readonly #code: string
  readonly #filename: string
  readonly #text: MagicString
  readonly #imports = new Map<string, string>()
  readonly #meanings = new Map<string, Meaning>()
  /** Text that goes before the first statement: what has to exist when functions are used before their place. */
  readonly #prelude: string[] = []

  constructor(program: Node, code: string, filename: string) {
    this.#program = program
    this.#code = code
    this.#filename = filename
    this.#text = new MagicString(code)
  }

  link(): LinkedPatch {
    const strictness = new Strictness(this.#program, this.#text)
    if (/\$umbra/.test(this.#code)) this.#refuseReserved()
    if (/\bawait\b/.test(this.#code)) this.#refuseAwait()
    const result = this.#unwrapModule()
    const references = this.#references()
    const candidates = this.#candidates(references)
    for (const [fn, { ancestors, found }] of candidates) {
      const linked = linkReplacement(this.#text, this.#code, fn, ancestors, found, strictness.of(ancestors))
      if (linked !== undefined) this.#prelude.push(linked)
    }
    this.#rewriteMeta()
    strictness.writeRest(candidates)
    this.#text.prepend(`${strictness.ofPatch}${this.#prelude.join('')}`)
    if (result !== undefined) this.#text.append(`\nreturn ${result}`)
    return { code: this.#text.toString(), imports: [...this.#imports.keys()] }
  }

  /** The helpers' names are no secret, and a patch that uses them for itself would get strange results. */
  #refuseReserved(): void {
    walk(this.#program, (node) => {
      if (node.type === 'Identifier' && node.name.startsWith('$umbra')) {
        this.#fail(
          'PATCH_SYNTAX',
          `the name '${node.name}' is umbra's own in a patch; call it something else`,
        )
      }
    })
  }

  /** A patch is evaluated in one step, between two turns of the event loop. */
  #refuseAwait(): void {
    walk(this.#program, (node, ancestors) => {
      const awaits =
        node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node.await === true)
      if (awaits && !ancestors.some(isFunction)) {
        this.#fail(
          'PATCH_SYNTAX',
          'a patch cannot use await at its top level: do it in a pre-patch callback, which may return a promise',
          node.start,
        )
      }
    })
  }

  /** Takes imports and exports away; returns the expression of the default export. */
  #unwrapModule(): string | undefined {
    let result: string | undefined
    for (const statement of this.#program.body as Node[]) {
      switch (statement.type) {
        case 'ImportDeclaration':
          this.#unwrapImport(statement)
          break
        case 'ExportDefaultDeclaration':
          this.#text.update(statement.start, statement.declaration.start, 'const $default = ')
          result = '$default'
          break
        case 'ExportNamedDeclaration':
          result = this.#unwrapExport(statement) ?? result
          break
        case 'ExportAllDeclaration':
          this.#fail('PATCH_SYNTAX', 'a patch cannot re-export another module')
      }
    }
    return result
  }

  #unwrapImport({ source, specifiers, start, end }: Node): void {
    const module = this.#moduleOf(source.value)
    for (const { type, local, imported } of specifiers as Node[]) {
      const name = type === 'ImportDefaultSpecifier' ? 'default' : (imported?.name ?? imported?.value)
      if (type === 'ImportNamespaceSpecifier') {
        this.#prelude.push(`const ${local.name}=${module};`)
        continue
      }
      if (source.value === 'umbra' && (name === 'scope' || name === 'original' || name === 'definePatch')) {
        this.#meanings.set(local.name, name)
        if (name !== 'definePatch') continue
      }
      this.#prelude.push(`const ${local.name}=${module}[${JSON.stringify(name)}];`)
    }
    this.#blank(start, end)
  }

  #moduleOf(specifier: string): string {
    const name = `$umbraModules[${JSON.stringify(specifier)}]`
    this.#imports.set(specifier, name)
    return name
  }

  #unwrapExport(statement: Node): string | undefined {
    if (statement.source) this.#fail('PATCH_SYNTAX', 'a patch cannot re-export another module')
    if (statement.declaration) {
      this.#text.remove(statement.start, statement.declaration.start)
      return undefined
    }
    this.#blank(statement.start, statement.end)
    const isDefault = (one: Node): boolean => (one.exported.name ?? one.exported.value) === 'default'
    return (statement.specifiers as Node[]).find(isDefault)?.local.name
  }

  /** Removes text but keeps its line breaks. */
  #blank(start: number, end: number): void {
    this.#text.update(start, end, this.#code.slice(start, end).replace(/[^\n]+/g, '') || ';')
  }

  /** Every use of `scope` and `original`. */
  #references(): Reference[] {
    const found: Reference[] = []
    walk(this.#program, (node, ancestors) => {
      const meaning = this.#meaningOf(node, ancestors)
      if (meaning === 'scope' || meaning === 'original')
        found.push({ meaning, node, ancestors: [...ancestors] })
    })
    return found
  }

  #meaningOf(node: Node, ancestors: readonly Node[]): Meaning | undefined {
    const meaning = node.type === 'Identifier' ? this.#meanings.get(node.name) : undefined
    if (meaning === undefined || !isReference(node, ancestors.at(-1))) return undefined
    return isShadowed(node.name, ancestors) ? undefined : meaning
  }

  /**
   * The functions that are replacements: those that stand in the `functions` and `scopes` of a patch, and the outermost
   * one around any other use of `scope` and `original`.
   */
  #candidates(references: Reference[]): Map<Node, { ancestors: readonly Node[]; found: Reference[] }> {
    const candidates = this.#replacementsInPatches()
    for (const reference of references) {
      const { node, ancestors, meaning } = reference
      const around = ancestors.filter(isFunction)
      const fn = around.findLast((one) => candidates.has(one)) ?? around[0]
      if (fn === undefined)
        this.#fail('SCOPE_MISUSED', `'${meaning}' is used outside of a replacement`, node.start)
      const known = candidates.get(fn!)
      if (known !== undefined) known.found.push(reference)
      else candidates.set(fn!, { ancestors: ancestors.slice(0, ancestors.indexOf(fn!)), found: [reference] })
    }
    return candidates
  }

  #replacementsInPatches(): Map<Node, { ancestors: readonly Node[]; found: Reference[] }> {
    const functions = new Map<Node, { ancestors: readonly Node[]; found: Reference[] }>()
    const names = new Set<string>()
    walk(this.#program, (node, ancestors) => {
      if (
        node.type !== 'CallExpression' ||
        this.#meaningOf(node.callee, [...ancestors, node]) !== 'definePatch'
      )
        return
      walk(node, (inner, path) => {
        if (
          inner.type !== 'Property' ||
          !(inner.key.name === 'functions' || inner.key.name === 'scopes') ||
          inner.value.type !== 'ObjectExpression'
        )
          return
        for (const property of inner.value.properties as Node[]) {
          if (property.type !== 'Property' || property.kind !== 'init') continue
          if (property.value.type === 'Identifier') names.add(property.value.name)
          else if (isFunction(property.value) && !property.computed) {
            const around = [...ancestors, ...path, inner, inner.value, property]
            functions.set(property.value, { ancestors: around, found: [] })
          }
        }
      })
    })
    for (const [fn, ancestors] of this.#functionsNamed(names)) functions.set(fn, { ancestors, found: [] })
    return functions
  }

  /** Functions that the module declares under one of these names. */
  #functionsNamed(names: Set<string>): Map<Node, Node[]> {
    const functions = new Map<Node, Node[]>()
    for (const statement of this.#program.body as Node[]) {
      const declaration =
        statement.type === 'ExportNamedDeclaration' ? (statement.declaration ?? statement) : statement
      const around = [this.#program, ...(declaration === statement ? [] : [statement])]
      if (
        declaration.type === 'FunctionDeclaration' &&
        boundNames(declaration.id).some((name) => names.has(name))
      ) {
        functions.set(declaration, around)
      }
      if (declaration.type !== 'VariableDeclaration') continue
      for (const declarator of declaration.declarations as Node[]) {
        if (declarator.init && isFunction(declarator.init) && names.has(declarator.id.name)) {
          functions.set(declarator.init, [...around, declaration, declarator])
        }
      }
    }
    return functions
  }

  /** What only modules have: `import.meta` and dynamic imports, which lead where the static ones do. */
  #rewriteMeta(): void {
    walk(this.#program, (node) => {
      if (node.type === 'MetaProperty' && node.meta.name === 'import')
        this.#text.update(node.start, node.end, '$umbraMeta')
      if (node.type === 'ImportExpression')
        this.#text.update(node.start, node.start + 'import'.length, '$umbraImport')
    })
  }

  #fail(code: string, message: string, at?: number): never {
    const line = at === undefined ? '' : `:${this.#code.slice(0, at).split('\n').length}`
    throw new UmbraError(code, `${this.#filename}${line}: ${message}`)
  }
}
