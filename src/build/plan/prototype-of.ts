import type { Node } from '../../instrument/parse.ts'
import type { FunctionNode } from '../../instrument/scopes.ts'
import { isClassCall } from '../read/compiled-class.ts'
import type { SourceFile } from '../read/source-file.ts'

/** Whose prototype a function is in: `A.prototype.m = …`, and as compilers write it. */
export function prototypeOf(fn: FunctionNode, file: SourceFile): string | undefined {
  for (const path of fn.paths) {
    const name = /^([\w$.]+)\.prototype\./.exec(path.split('/').at(-1)!)?.[1]
    if (name !== undefined) return name
  }
  const parent = file.parent(fn.node)
  // `_proto.m = function () {}`, where `_proto` is `A.prototype`.
  if (parent?.type === 'AssignmentExpression' && parent.right === fn.node) {
    const { object } = parent.left
    const made = object?.type === 'Identifier' ? file.bindingFor(object) : undefined
    const use = file.usesOf(made).find((one) => isDeclared(one.node, file))
    const init = use && file.parent(use.node)!.init
    return init?.property?.name === 'prototype' ? init.object.name : undefined
  }
  // `_createClass(A, [{ key: 'm', value: function () {} }])`
  const list = parent && file.parent(file.parent(parent) ?? parent)
  const call = list && file.parent(list)
  const isMethod = list?.type === 'ArrayExpression' && call !== undefined
  return isMethod && isClassCall(call) && call.arguments[1] === list ? call.arguments[0].name : undefined
}

function isDeclared(node: Node, file: SourceFile): boolean {
  const parent = file.parent(node)
  return parent?.type === 'VariableDeclarator' && parent.id === node && Boolean(parent.init)
}
