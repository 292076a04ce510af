import Mustache from 'mustache'

const view = {
  name: 'Chris',
  company: '<b>GitHub</b>',
  beatles: [
    { firstName: 'John', lastName: 'Lennon' },
    { firstName: 'Paul', lastName: 'McCartney' },
  ],
  full() {
    return `${this.firstName} ${this.lastName}`
  },
  bold: () => (text, render) => `<b>${render(text)}</b>`,
}
console.log(Mustache.render('{{name}} {{age}} {{company}} {{{company}}} {{&company}}', view))
console.log(Mustache.render('{{#beatles}}* {{full}}\n{{/beatles}}{{^none}}none{{/none}}', view))
console.log(Mustache.render('{{#bold}}Hi {{name}}.{{/bold}}{{> part}}', view, { part: '<{{name}}>' }))
console.log(
  Mustache.render('{{=<% %>=}}<% name %>', view),
  JSON.stringify(Mustache.parse('{{#a}}{{b}}{{/a}}')),
)
try {
  Mustache.render('{{#open}}', view)
} catch (error) {
  console.log(error.message)
}
