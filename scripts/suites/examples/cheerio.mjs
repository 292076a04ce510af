import * as cheerio from 'cheerio'

const $ = cheerio.load(
  '<ul id="fruits"><li class="apple">Apple</li><li class="orange">Orange</li><li>Pear &amp; more</li></ul><p>a<br>b',
)
console.log($('.apple', '#fruits').text(), $('li:not(.orange):last-child').html(), $('li').length)
$('li').each((n, element) => void $(element).attr('data-n', n).addClass('x').toggleClass('apple'))
$('#fruits').append('<li>Kiwi</li>').find('li').first().remove().end().eq(1).wrap('<b></b>')
console.log($.html(), $('ul').prop('tagName'))
console.log(
  JSON.stringify($.extract({ all: [{ selector: 'li', value: 'class' }], one: 'p' })),
  $('ul')
    .children()
    .map((_, e) => e.name)
    .get()
    .join(),
)
console.log(
  cheerio.load('<a x="1"/><B>t</B>', { xml: true }).xml(),
  $('li').is('[data-n=2]'),
  $('p')
    .contents()
    .toArray()
    .map(({ type }) => type)
    .join(),
)
