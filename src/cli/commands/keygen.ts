import { generateKeyPairSync } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { Command } from 'commander'
import { fingerprint } from '../../agent/signature.ts'
import { UmbraError } from '../../livepatch/errors.ts'
import { print, printJson } from '../output.ts'

export function keygenCommand(): Command {
  return new Command('keygen')
    .description('make an Ed25519 key pair for signing patches')
    .option('-o, --output <path>', 'writes <path>.pem, which is secret, and <path>.pub.pem', 'umbra-key')
    .option('--json', 'print one JSON document')
    .action(({ output, json }: { output: string; json?: boolean }) => {
      const [secret, open] = [`${output}.pem`, `${output}.pub.pem`]
      for (const path of [secret, open]) refuseExisting(path)
      const { privateKey, publicKey } = generateKeyPairSync('ed25519')
      writeFileSync(secret, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' })
      writeFileSync(open, publicKey.export({ type: 'spki', format: 'pem' }), { flag: 'wx' })
      const key = fingerprint(publicKey)
      if (json) return printJson({ key, privateKey: secret, publicKey: open })
      print(`key ${key}`)
      print(`  private  ${secret}  (keep it secret: 'umbra sign --key ${secret} <patch>')`)
      print(`  public   ${open}  (start processes with UMBRA_TRUSTED_KEYS=${open})`)
    })
}

function refuseExisting(path: string): void {
  if (existsSync(path)) throw new UmbraError('KEY_EXISTS', `${path} exists; a key is never overwritten`)
}
