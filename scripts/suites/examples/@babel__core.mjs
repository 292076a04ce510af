import babel from '@babel/core'

const source = `
class A extends B { #p = 1; static async *m({ a = this.x, ...rest }, [b] = []) { for await (const c of d) yield c?.[b] ?? rest; } get p() { return this.#p ** 2 } }
const tag = \`a\${1}b\`, f = async (...args) => { await new.target; label: for (const x of args) continue label }
export default function* g() { try { yield* f(...arguments) } catch { return /(?<y>\\d)/su } }
`
for (const targets of [{ ie: 11 }, { node: 8 }, { node: 20 }]) {
  const { code, map } = babel.transformSync(source.replace('new.target', 'args'), {
    configFile: false,
    babelrc: false,
    sourceMaps: true,
    presets: [['@babel/preset-env', { targets, modules: 'commonjs' }]],
  })
  console.log(code, JSON.stringify(map))
}
const plugin = ({ types: t }) => ({
  visitor: {
    Identifier(path) {
      if (path.node.name === 'a') path.replaceWith(t.identifier('renamed'))
    },
    'FunctionDeclaration|ArrowFunctionExpression'(path) {
      path.addComment('leading', ` ${Object.keys(path.scope.bindings)} `)
    },
  },
})
console.log(
  babel.transformSync('function f(a, b) { return (c) => a + b }', { configFile: false, plugins: [plugin] })
    .code,
)
try {
  babel.parseSync('let a; let a', { configFile: false, filename: 'twice.js' })
} catch (error) {
  console.log(error.message.replace(/^.*?twice/, 'twice'))
}
