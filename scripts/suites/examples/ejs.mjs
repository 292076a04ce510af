import ejs from 'ejs'

const text = `<% if (user) { -%>
<h2><%= user.name %></h2><%- raw %>
<% } _%>
<%# comment %><% items.forEach((item) => { %><%= item %>,<% }) %>`
console.log(ejs.render(text, { user: { name: '<you>' }, raw: '<b>', items: [1, 2] }))
console.log(ejs.compile(text, { client: true, strict: false }).toString().length)
console.log(await ejs.render('<%= await later() %>', { later: async () => 'later' }, { async: true }))
console.log(ejs.render('<? if (a) { ?>yes<? } ?>', { a: 1 }, { delimiter: '?' }))
try {
  ejs.render('\n<%= missing.value %>', {})
} catch (error) {
  console.log(error.message)
}
