import Handlebars from 'handlebars'

Handlebars.registerHelper('loud', (text) => text.toUpperCase())
Handlebars.registerHelper(
  'list',
  (items, options) =>
    `<ul>${items.map((item) => `<li>${options.fn(item)}</li>`).join('')}</ul>${options.hash.end}`,
)
Handlebars.registerPartial('person', '{{> (lookup . "kind")}}{{firstName}} {{{lastName}}}')
Handlebars.registerPartial('plain', '-')
const source = `{{#with story}}{{loud title}}{{/with}}
{{#each people as |p i|}}{{i}}:{{> person p}}{{#unless @last}},{{else}}.{{/unless}} {{/each}}
{{#list people end="!"}}{{firstName}}{{@root.story.title}}{{/list}}{{!-- no --}}{{#if none}}a{{else if story}}b{{/if}}`
const data = {
  story: { title: 'one' },
  people: [
    { firstName: 'Yehuda', lastName: '<b>Katz</b>', kind: 'plain' },
    { firstName: '<i>', lastName: 'x', kind: 'plain' },
  ],
}
console.log(Handlebars.compile(source)(data))
console.log(JSON.stringify(Handlebars.parse(source)))
console.log(Handlebars.precompile(source))
try {
  Handlebars.compile('{{#if}}')({})
} catch (error) {
  console.log(error.message)
}
