import validator from 'validator'

const values = [
  'foo@bar.com',
  '4111111111111111',
  '192.168.0.1',
  'https://a.b/c?d=e',
  '{"a":1}',
  '#ff8800',
  'DE89370400440532013000',
  '550e8400-e29b-41d4-a716-446655440000',
  '2020-02-30',
  'aGVsbG8=',
  '+4915123456789',
  '978-3-16-148410-0',
  'naïve',
]
const checks = Object.keys(validator).filter((name) => /^is[A-Z]/.test(name) && validator[name].length < 3)
for (const value of values) {
  const held = checks.filter((name) => {
    try {
      return validator[name](value)
    } catch {
      return false
    }
  })
  console.log(value, held.join())
}
console.log(
  validator.escape('<a href="x">\'y\'</a>'),
  validator.normalizeEmail('Some.Name+tag@GMAIL.com'),
  validator.trim(' x '),
)
