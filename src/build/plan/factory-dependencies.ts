import { unwrap } from '../../instrument/parse.ts'
import type { Binding } from '../../instrument/scopes.ts'
import { isFunction } from '../../livepatch/ast.ts'
import { requiredModule } from '../read/imports.ts'
import { ownerOf, type SourceFile } from '../read/source-file.ts'

/** What a module for any loader gets as parameters: `(function (root, factory) { factory(require('x')) })(this, function (x) { … })`. */
export function factoryDependencies(file: SourceFile): { source: string; parameter: Binding }[] {
  return file.requires.flatMap((required) => {
    const given = file.parent(required)
    const isGiven = given?.type === 'CallExpression' && given.callee.type === 'Identifier'
    const factory = isGiven ? file.bindingFor(given.callee) : undefined
    const wrapper = factory && ownerOf(factory.scope)
    if (wrapper === undefined) return []
    const node = file.wrapped(wrapper.node)
    const call = file.parent(node)
    if (call?.type !== 'CallExpression' || call.callee !== node) return []
    const at = wrapper.node.params.findIndex(({ name }: { name?: string }) => name === given!.callee.name)
    const made = call.arguments[at] && unwrap(call.arguments[at])
    const own = made && isFunction(made) ? file.functionOf.get(made) : undefined
    const name = own?.node.params[given!.arguments.indexOf(required)]?.name
    const parameter = name === undefined ? undefined : own!.parameters.names.get(name)
    return parameter === undefined ? [] : [{ source: requiredModule(required)!, parameter }]
  })
}
