import { generateKeyPairSync } from 'node:crypto'
import jwt from 'jsonwebtoken'

const payload = { foo: 'bar', iat: 1_700_000_000 }
const token = jwt.sign(payload, 'secret', { algorithm: 'HS256', issuer: 'me', subject: 's' })
console.log(
  token,
  JSON.stringify(jwt.verify(token, 'secret', { issuer: 'me' })),
  JSON.stringify(jwt.decode(token, { complete: true })),
)
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const signed = jwt.sign({ data: 1 }, privateKey, { algorithm: 'RS256', expiresIn: '1h' })
console.log(jwt.verify(signed, publicKey).data)
const attempts = [
  () => jwt.verify(token, 'wrong'),
  () => jwt.verify(token, 'secret', { issuer: 'you' }),
  () => jwt.verify(jwt.sign({ exp: 1 }, 'k'), 'k'),
  () => jwt.verify('no.token', 'k'),
  () => jwt.sign(payload, undefined),
  () => jwt.verify(signed, publicKey, { algorithms: ['HS256'] }),
]
for (const attempt of attempts) {
  try {
    attempt()
  } catch (error) {
    console.log(error.name, error.message)
  }
}
