import type { Node } from '../../instrument/parse.ts'
import { isOfModule, type NewField } from '../plan/fields.ts'
import { keyOf } from '../plan/made-on-this.ts'
import type { Text } from '../plan/substitutes.ts'
import type { Block } from './blocks.ts'
import { Cannot } from './cannot.ts'
import { member, quote } from './edits.ts'
import type { Chunk } from './mapped-text.ts'
import { Part } from './part.ts'

/** New fields of objects that exist already: what they are called, and their declarations. */
export class FieldTexts extends Part {
  /** What a new field is called where it is used: in a function of the patch, or in a block. */
  field(field: NewField, at: Node, within?: Block): string {
    const { file, name } = field
    if (!isOfModule(field)) {
      this.plan.fields.used.add(field)
      return name
    }
    if (file !== this.file) {
      const why = `'${field.key}' is new, and it takes names of '${file.path}'`
      throw new Cannot(at, why, 'give the objects the field in a pre-patch callback')
    }
    this.plan.fields.used.add(field)
    const block = this.writer.blocks.block(this.file.module)
    block.fields.add(field)
    block.exposed.add(name)
    return within === block ? name : `${this.writer.scopeName}.${name}`
  }

  /** A field that needs nothing of the module stands at the top of the patch. */
  atTop(field: NewField): Chunk | undefined {
    if (isOfModule(field)) return undefined
    const line = this.source.lineOf(field.node.start)
    return { text: this.fieldText(field, undefined), path: this.file.path, line }
  }

  fieldText(field: NewField, block: Block | undefined): string {
    const { name, id, key, named, like, initialiser, conversion } = field
    const text =
      conversion?.of(`this${member(key)}`) ??
      (typeof initialiser === 'string' ? 'undefined' : this.#initialiser(initialiser, block))
    const options = [
      `key: ${named === undefined ? quote(key) : this.#text(named.node, block)}`,
      ...(like.length === 0 ? [] : [`like: [${like.map(quote).join(', ')}]`]),
      ...(conversion === undefined ? [] : [`is: (value) => value instanceof ${conversion.to}`]),
      `init() { return ${text} }`,
    ]
    return `const ${name} = new AddedField(${quote(id)}, { ${options.join(', ')} })`
  }

  #text(node: Node, block: Block | undefined): string {
    return this.writer.apply(node, this.writer.naming.rewrite(node, undefined, block))
  }

  #initialiser({ node, substitutes }: Text, block: Block | undefined): string {
    if (node === undefined) return 'undefined'
    const edits = this.writer.naming.rewrite(node, undefined, block, substitutes)
    for (const { start, end, by, key = '' } of substitutes) {
      const text = typeof by === 'string' ? by : `(${this.#initialiser(by, block)})`
      edits.push({ start, end, text: key + text })
    }
    const text = this.writer.apply(node, edits)
    return node.type === 'Property' ? `({ ${text} })${member(keyOf(node)!)}` : text
  }
}
