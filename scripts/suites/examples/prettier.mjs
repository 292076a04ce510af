import { readFileSync } from 'node:fs'
import * as prettier from 'prettier'

const source = readFileSync(new URL('../node_modules/mustache/mustache.js', import.meta.url), 'utf8')
console.log(await prettier.format(source, { parser: 'babel', semi: false, singleQuote: true }))
const texts = {
  typescript:
    'type A<T>={a:T,b?:[number,...T[]]};abstract class B implements C{private x!:number;@dec() m<T extends keyof A>(this:B){return <any>x as const}}',
  css: '@media (min-width:1px){a>b,c::before{color:RED;margin:0 auto!important}}',
  markdown: '* a\n* b\n\n| a | b |\n|--|:-:|\n| longer | c |\n',
  yaml: 'a:   [1,2]\nb:\n    - c\n',
  html: '<div class="a   b"><p>text <b>bold</b></p><script>if(a){b()}</script></div>',
  json: '{"a":1,"b":[1,2,{"c":null}]}',
  graphql: 'query A($b:Int=1){c(d:$b){...E @include(if:true)}}',
}
for (const [parser, text] of Object.entries(texts)) console.log(await prettier.format(text, { parser }))
console.log(
  await prettier.check('a;\n', { parser: 'babel' }),
  (await prettier.getSupportInfo()).languages.length,
)
await prettier.format('a b', { parser: 'babel' }).catch((error) => console.log(error.message))
