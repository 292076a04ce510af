import ts from 'typescript'

const source = `
import { a } from './a'
enum Color { Red, Green = Red + 5 }
namespace N { export const x = 1 }
abstract class Base<T extends object = {}> { constructor(private readonly v: T, public w?: number) {} abstract run(): void }
@dec class C extends Base { #p = 1; static s = async () => { await a(); }; override run() { for (const x of [1]) yieldAll?.(x ?? 2) } }
export function* g({ b, ...rest }: { b: number; c: string }) { yield* [b, rest] }
export type { T } from './t'
const bad: string = 5
`
for (const target of ['ES5', 'ES2015', 'ES2022']) {
  const compilerOptions = {
    target: ts.ScriptTarget[target],
    module: ts.ModuleKind.CommonJS,
    experimentalDecorators: true,
    sourceMap: true,
  }
  const { outputText, sourceMapText, diagnostics } = ts.transpileModule(source, {
    compilerOptions,
    reportDiagnostics: true,
  })
  console.log(outputText, sourceMapText, diagnostics.length)
}
const file = ts.createSourceFile('x.ts', source, ts.ScriptTarget.Latest, true)
const kinds = []
const visit = (node) => {
  kinds.push(ts.SyntaxKind[node.kind])
  ts.forEachChild(node, visit)
}
visit(file)
console.log(kinds.join(' '))
const host = ts.createCompilerHost({})
const own = {
  ...host,
  getSourceFile: (name, ...rest) => (name === 'x.ts' ? file : host.getSourceFile(name, ...rest)),
}
const program = ts.createProgram(
  ['x.ts'],
  { noEmit: true, target: ts.ScriptTarget.ES2022, strict: true, types: [] },
  own,
)
for (const { messageText, start } of ts.getPreEmitDiagnostics(program))
  console.log(start, ts.flattenDiagnosticMessageText(messageText, '\n'))
console.log(ts.createPrinter({ removeComments: true }).printFile(file))
