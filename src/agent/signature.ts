import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto'
import { UmbraError } from '../livepatch/errors.ts'
import type { PatchSource } from '../livepatch/patch.ts'
import type { KeyFile } from './trust.ts'

/**
 * Ed25519 signatures of patches. Signed is what runs: the linked text, its imports and the name that it has in stack
 * traces, exactly as they are sent to a process and evaluated there; not the file that they were made from. The first
 * element keeps the signature from meaning anything elsewhere.
 */
function signedBytes({ code, imports, filename }: PatchSource): Buffer {
  return Buffer.from(JSON.stringify(['umbra patch 1', filename, imports, code]))
}

/** Names a public key: the beginning of the SHA-256 of its DER form. */
export function fingerprint(key: KeyObject): string {
  const der = key.export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(der).digest('hex').slice(0, 16)
}

/** `<fingerprint of the public key>:<signature in base64>` */
export function sign(source: PatchSource, key: KeyObject): string {
  return `${fingerprint(createPublicKey(key))}:${signBytes(null, signedBytes(source), key).toString('base64')}`
}

/** @throws UmbraError KEY_INVALID */
export function readPrivateKey(pem: string, path: string): KeyObject {
  return ed25519(() => createPrivateKey(pem), path, 'private')
}

/** The public keys of a PEM file, which may hold several. @throws UmbraError KEY_INVALID */
function readPublicKeys(pem: string, path: string): KeyObject[] {
  const blocks = pem.match(/-----BEGIN PUBLIC KEY-----[\s\S]*?-----END PUBLIC KEY-----/g) ?? []
  if (blocks.length === 0) throw invalid(path, 'public', 'it has no PEM block "PUBLIC KEY"')
  return blocks.map((block) => ed25519(() => createPublicKey(block), path, 'public'))
}

function ed25519(read: () => KeyObject, path: string, kind: string): KeyObject {
  let key: KeyObject
  try {
    key = read()
  } catch (error) {
    throw invalid(path, kind, (error as Error).message)
  }
  if (key.asymmetricKeyType !== 'ed25519') throw invalid(path, kind, `it is of type ${key.asymmetricKeyType}`)
  return key
}

function invalid(path: string, kind: string, why: string): UmbraError {
  return new UmbraError(
    'KEY_INVALID',
    `${path} holds no Ed25519 ${kind} key (${why}); 'umbra keygen' makes a pair`,
  )
}

/**
 * The fingerprint of the trusted key that vouches for a patch.
 *
 * @throws UmbraError PATCH_UNSIGNED, PATCH_UNTRUSTED, PATCH_TAMPERED or KEY_INVALID
 */
export function verify(source: PatchSource, trusted: readonly KeyFile[]): string {
  const keys = trusted.flatMap(({ pem, path }) => readPublicKeys(pem, path))
  const { signature, filename } = source
  if (signature === undefined) {
    throw new UmbraError(
      'PATCH_UNSIGNED',
      `${filename} is not signed; 'umbra sign <patch> --key <private key>' makes a signed patch`,
    )
  }
  const [name = '', value = ''] = signature.split(':')
  const key = keys.find((one) => fingerprint(one) === name)
  if (key === undefined) {
    const trusted = keys.map(fingerprint).join(', ') || 'none'
    throw new UmbraError(
      'PATCH_UNTRUSTED',
      `${filename} is signed with key ${name}, which is not trusted (trusted: ${trusted})`,
    )
  }
  if (verifyBytes(null, signedBytes(source), key, Buffer.from(value, 'base64'))) return name
  throw new UmbraError(
    'PATCH_TAMPERED',
    `${filename} is not what was signed with key ${name}: it was changed`,
  )
}
