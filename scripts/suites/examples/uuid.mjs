import { NIL, parse, stringify, v1, v3, v5, v7, validate, version } from 'uuid'

const random = Uint8Array.from({ length: 16 }, (_, n) => n + 0x80)
random[6] = 0x4f
console.log(v1({ msecs: 1321644961388, nsecs: 5678, clockseq: 0x1234, node: random.subarray(0, 6) }))
console.log(v3('hello.example.com', v3.DNS), v5('https://example.org/x', v5.URL))
console.log(v7({ msecs: 1321644961388, seq: 7, random }), version(v7()), validate('no uuid'), validate(NIL))
console.log(parse('6ec0bd7f-11c0-43da-975e-2a8ad9ebae0b').join(), stringify(random))
try {
  parse('x')
} catch (error) {
  console.log(error.name, error.message)
}
