import _ from 'underscore'

const print = (value) => console.log(JSON.stringify(value))

print(_.map({ one: 1, two: 2, three: 3 }, (num) => num * 3))
print(
  _.reduceRight(
    [
      [0, 1],
      [2, 3],
      [4, 5],
    ],
    (a, b) => a.concat(b),
    [],
  ),
)
print(_.where([{ a: 1, b: 2 }, { a: 1, b: 3 }, { a: 2 }], { a: 1 }))
print(_.countBy([1, 2, 3, 4, 5], (num) => (num % 2 === 0 ? 'even' : 'odd')))
print(_.chain([4, 3, 2, 1]).sortBy().first(2).tap(print).value())
print(_.zip(['moe', 'larry'], [30, 40], [true, false]))
print(_.functions(_).length)
print(
  _.template('<% _.each(people, function(name) { %> <li><%= name %></li> <% }); %>')({
    people: ['moe', 'curly'],
  }),
)
print(_.isEqual({ name: 'moe', n: [13, 27] }, { name: 'moe', n: [13, 27] }))
print(
  _.compose(
    (s) => `${s}!`,
    (s) => `hi ${s}`,
  )('moe'),
)
print(_.mixin({ shout: (s) => s.toUpperCase() }) === _ && _('a').shout())
