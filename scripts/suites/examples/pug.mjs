import pug from 'pug'

const text = `doctype html
mixin item(name, ...rest)
  li(class=rest)&attributes(attributes)= name
html
  body.main#top
    if user
      p Hello #{user.name}, !{user.raw}
    else
      p nobody
    ul
      each value, index in list
        +item(value, 'a', 'b')(data-n=index)
    - for (let n = 0; n < 2; n++)
      b= n
    case list.length
      when 2
        | two
      default
        | many
    // seen
    script.
      if (a) b
`
console.log(pug.render(text, { pretty: true, user: { name: '<a>', raw: '<i>' }, list: ['x', 'y'] }))
console.log(pug.compileClient(text, { name: 'template', compileDebug: false }))
try {
  pug.render('p\n    b\n  i')
} catch (error) {
  console.log(error.message)
}
