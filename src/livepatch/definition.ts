import type { Callbacks, PatchDefinition } from './api.ts'
import { UmbraError } from './errors.ts'

/** Names stand in lines of the log and in tables. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}]/u

const KNOWN = {
  patch: ['name', 'version', 'targets', 'states', 'replace', 'consistency', 'unload', 'files'],
  target: [
    'module',
    'source',
    'refused',
    'optional',
    'sloppy',
    'functions',
    'scopes',
    'calls',
    'members',
    'entry',
    'callbacks',
  ],
  callbacks: ['prePatch', 'postPatch', 'preUnpatch', 'postUnpatch'] satisfies (keyof Callbacks)[],
}

/**
 * Checks what a patch module exports by default.
 *
 * @throws UmbraError PATCH_INVALID, saying which field is wrong and what it should be
 */
export function checkDefinition(exported: unknown, filename: string): PatchDefinition {
  if (!isRecord(exported)) {
    throw new UmbraError(
      'PATCH_INVALID',
      `${filename} exports no patch: its default export should be definePatch({ name, targets })`,
    )
  }
  const fail = (what: string): never => {
    throw new UmbraError('PATCH_INVALID', `the patch in ${filename} is not valid: ${what}`)
  }
  const { name, version, targets, states = [], replace = false, consistency = 'immediate', unload } = exported
  if (typeof name !== 'string' || name.trim() === '') fail('it has no name')
  if (UNPRINTABLE.test(name as string)) fail('its name has line breaks or control characters')
  checkKeys(exported, KNOWN.patch, 'the patch', fail)
  if (version !== undefined && typeof version !== 'string') fail('`version` should be a string')
  if (UNPRINTABLE.test((version as string | undefined) ?? ''))
    fail('its `version` has line breaks or control characters')
  if (!Array.isArray(targets) || targets.length === 0)
    fail('`targets` should be a list of at least one target')
  for (const target of targets as unknown[]) checkTarget(target, fail)
  if (!Array.isArray(states)) fail('`states` should be a list')
  for (const state of states as unknown[]) checkState(state, fail)
  if (typeof replace !== 'boolean') fail('`replace` should be true or false')
  if (consistency !== 'immediate' && consistency !== 'task')
    fail("`consistency` should be 'immediate' or 'task'")
  if (exported.files !== undefined && !isRecord(exported.files))
    fail('`files` should be an object of module functions by path')
  if (unload !== undefined && typeof unload !== 'function') fail('`unload` should be a function')
  return exported as unknown as PatchDefinition
}

type Fail = (what: string) => never

function checkTarget(target: unknown, fail: Fail): void {
  if (!isRecord(target) || typeof target.module !== 'string') return fail('a target has no `module`')
  const where = `target '${target.module}'`
  checkKeys(target, KNOWN.target, where, fail)
  if (target.functions !== undefined && !isRecord(target.functions)) {
    fail(`\`functions\` of ${where} should be an object of replacements by path`)
  }
  for (const [path, replacement] of Object.entries(target.functions ?? {})) {
    if (typeof replacement !== 'function') fail(`replacement '${path}' of ${where} is not a function`)
  }
  if (target.source !== undefined && typeof target.source !== 'string')
    fail(`\`source\` of ${where} should be a string`)
  if (target.refused !== undefined && typeof target.refused !== 'string')
    fail(`\`refused\` of ${where} should be a string`)
  for (const key of ['sloppy', 'optional']) {
    if (target[key] !== undefined && typeof target[key] !== 'boolean')
      fail(`\`${key}\` of ${where} should be true or false`)
  }
  if (target.members !== undefined && typeof target.members !== 'function')
    fail(`\`members\` of ${where} should be a function`)
  const entries = target.entry === undefined ? [] : isRecord(target.entry) && Object.entries(target.entry)
  if (entries === false || entries.length > 1 || entries.some(([, find]) => typeof find !== 'function'))
    fail(`\`entry\` of ${where} should be an object with one function by path`)
  if (target.scopes !== undefined && !isRecord(target.scopes)) {
    fail(`\`scopes\` of ${where} should be an object of blocks by path`)
  }
  for (const [path, block] of Object.entries(target.scopes ?? {})) {
    if (typeof block !== 'function') fail(`scope '${path}' of ${where} is not a function`)
  }
  if (target.calls !== undefined && !isRecord(target.calls))
    fail(`\`calls\` of ${where} should be an object of names of variables by path`)
  for (const [path, name] of Object.entries(target.calls ?? {})) {
    if (typeof name !== 'string') fail(`what tells calls of '${path}' of ${where} apart should be a name`)
    if (!Object.hasOwn(target.scopes ?? {}, path))
      fail(`\`calls\` of ${where} has '${path}', and \`scopes\` has not`)
  }
  if (target.callbacks === undefined) return
  if (!isRecord(target.callbacks)) return fail(`\`callbacks\` of ${where} should be an object`)
  checkKeys(target.callbacks, KNOWN.callbacks, `callbacks of ${where}`, fail)
  for (const [name, callback] of Object.entries(target.callbacks)) {
    if (callback !== undefined && typeof callback !== 'function')
      fail(`callback ${name} of ${where} is not a function`)
  }
}

function checkState(state: unknown, fail: Fail): void {
  if (!isRecord(state) || typeof state.id !== 'string' || !Number.isInteger(state.version)) {
    fail('a state should be { id, version }, a string and a whole number')
  }
}

/** A misspelt field would silently do nothing, which for a fix is the worst outcome. */
function checkKeys(
  object: Record<string, unknown>,
  known: readonly string[],
  what: string,
  fail: Fail,
): void {
  const unknown = Object.keys(object).find((key) => !known.includes(key))
  if (unknown !== undefined) fail(`${what} has an unknown field '${unknown}' (known: ${known.join(', ')})`)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
