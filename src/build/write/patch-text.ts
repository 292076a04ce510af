import type { Parameters } from '../plan/parameters.ts'
import { quote } from './edits.ts'
import { type Chunk, mapComment, mapOf, textOf } from './mapped-text.ts'
import type { Part } from './parts.ts'

/** A file that comes along, as the body of a CommonJS module; an ES module has none of the names that those are given. */
export interface FileBrought {
  path: string
  chunk: Chunk
  isModule: boolean
}

/** What a patch has of one package. */
export interface PatchParts {
  from: string
  to: string
  /** Whether a process may run another version of it. */
  isOptional?: boolean
  parts: Part[]
  /** Modules for which there is nothing, and why. */
  refused: { target: string; why: string }[]
  /** By the names that they have for the patch. */
  files: FileBrought[]
  /** Declarations of fields that objects made before lack, and the names of all their shadow variables. */
  fields: Chunk[]
  shadows: string[]
  /** Functions with parameters that running sites do not pass. */
  parameters: Parameters
  hash(path: string): string
  /** A file of the new version, and what stack traces call it. */
  source(path: string): { name: string; text: string }
}

/**
 * The patch as one ES module that a person can read, with a map to the new version at its end.
 *
 * @param along what it has of packages on which the first depends
 */
export function patchText(name: string, own: PatchParts, along: readonly PatchParts[] = []): string {
  const packages = [own, ...along]
  const chunks = chunksOf(name, packages)
  const source = (path: string): ReturnType<PatchParts['source']> => {
    const [, index, inside] = /^(\d+) (.*)$/s.exec(path)!
    return packages[Number(index)]!.source(inside!)
  }
  return `${textOf(chunks)}\n${mapComment(mapOf(chunks, source))}`
}

/** Two packages may have files of one path. */
function ofPackage(index: number, chunks: Chunk[]): Chunk[] {
  return chunks.map((one) => (one.path === undefined ? one : { ...one, path: `${index} ${one.path}` }))
}

function chunksOf(name: string, packages: readonly PatchParts[]): Chunk[] {
  const own = packages[0]!
  const targetsOf = ({ parts, hash, isOptional = false }: PatchParts, i: number): Chunk[] =>
    ofPackage(
      i,
      parts.flatMap((part) => targetText(part, hash(part.file.path), isOptional)),
    )
  const [first, ...others] = packages.map(targetsOf)
  // What a package uses of others is there when its own names are made.
  const targets = [...others.flat(), ...first!]
  const fields = packages.flatMap((one, i) => ofPackage(i, one.fields))
  const files = packages.flatMap((one, i) => one.files.flatMap((file) => ofPackage(i, fileText(file))))
  const refused = packages.flatMap((one) => one.refused)
  const shadows = packages.flatMap((one) => one.shadows)
  const names = importedNames(packages, textOf(targets))
  const plain = (...lines: string[]): Chunk[] => lines.map((text) => ({ text }))
  const head = plain(
    `// ${own.from} → ${own.to}`,
    ...packages.slice(1).map(({ from, to }) => `//   with ${from} → ${to}`),
    '//',
    ...packages.flatMap(({ parts, files }, i) => summary(parts, files, i > 0)),
    ...refused.flatMap(({ target }) =>
      wrap(`${target}: nothing; a process that has loaded it refuses the patch`),
    ),
    '//',
    "// Made by 'umbra build'. Functions are those of the new version; names of the running module that they use are",
    "// written as 'scope.name'. 'scopes' holds what the running module lacks or has in another value.",
    `import { ${names.join(', ')} } from 'umbra'`,
    '',
  )
  const title = '// Fields of this version, for objects that were made without them.'
  const definition = plain(
    'export default definePatch({',
    `  name: ${quote(name)},`,
    `  version: ${quote(own.to)},`,
    '  targets: [',
  )
  return [
    ...head,
    ...(fields.length === 0 ? [] : [...plain(title), ...fields, ...plain('')]),
    ...plain(...packages.flatMap(({ parameters }) => parametersText(parameters))),
    ...definition,
    ...targets,
    ...plain(...refused.flatMap(refusedText), '  ],'),
    ...(files.length === 0 ? [] : [...plain('  files: {'), ...files, ...plain('  },')]),
    ...plain(...(shadows.length === 0 ? [] : unload(shadows)), '})'),
  ]
}

/** What a patch of these targets imports from umbra. */
function importedNames(packages: readonly PatchParts[], targets: string): string[] {
  const names = ['definePatch']
  const hasShadows = packages.some(({ shadows }) => shadows.length > 0)
  if (hasShadows) names.push('AddedField')
  if (packages.some(({ parameters }) => parameters.given.length > 0)) names.push('AddedParameters')
  if (targets.includes(' $original.apply(this, arguments);')) names.push('original as $original')
  if (targets.includes(' original.apply(this, arguments);')) names.push('original')
  if (/[^$\w]scope\./.test(targets)) names.push('scope')
  if (targets.includes('$scope.')) names.push('scope as $scope')
  if (hasShadows) names.push('shadowId')
  return names
}

function parametersText({ given, name }: Parameters): string[] {
  if (given.length === 0) return []
  const entries = given.map(
    ({ key, hash, count, member }) =>
      `  ${quote(key)}: [${quote(hash)}, ${count}${member === undefined ? '' : ', true'}],`,
  )
  const title = '// Parameters of this version that sites of the running one do not hand on.'
  return [title, `const ${name} = new AddedParameters({`, ...entries, '})', '']
}

function unload(shadows: string[]): string[] {
  return ['  unload() {', ...shadows.map((id) => `    shadowId(${quote(id)}).detachAll()`), '  },']
}

function summary(parts: Part[], files: { path: string }[], isAlong: boolean): string[] {
  const lines = parts.map(({ target, file, functions, scopes, members }) => {
    const added = scopes.flatMap(({ names }) => names)
    const what = [
      functions.length > 0 ? `${functions.map(({ key }) => key).join(', ')} replaced` : '',
      added.length > 0 ? `${added.join(', ')} added` : '',
      members === undefined
        ? ''
        : `${members.names.map(({ name }) => name).join(', ')} put on the running module`,
    ]
    return wrap(`${isAlong ? target : file.path}: ${what.filter(Boolean).join('; ')}`)
  })
  return [...lines.flat(), ...files.flatMap(({ path }) => wrap(`${path}: new`))]
}

function wrap(text: string): string[] {
  const lines: string[] = []
  let line = '//   '
  for (const word of text.split(' ')) {
    if (line.length + word.length > 108) {
      lines.push(line.trimEnd())
      line = '//       '
    }
    line += `${word} `
  }
  return [...lines, line.trimEnd()]
}

function targetText(
  { target, sloppy, functions, scopes, members, entry, file }: Part,
  hash: string,
  isOptional: boolean,
): Chunk[] {
  const { path } = file
  const chunks: Chunk[] = []
  const add = (...lines: string[]): void => {
    for (const text of lines) chunks.push({ text })
  }
  add('    {', `      module: ${quote(target)},`, `      source: ${quote(hash)},`)
  if (isOptional) add('      optional: true,')
  if (sloppy) add('      sloppy: true,')
  if (entry !== undefined) add(`      entry: { ${quote(entry.key)}: (exports) => ${entry.path} },`)
  if (scopes.length > 0) {
    add('      scopes: {')
    for (const scope of scopes) {
      add(`        ${quote(scope.path)}(require, exports, module) {`)
      chunks.push(...scope.chunks.map((chunk) => ({ ...chunk, path })))
      add('        },')
    }
    add('      },')
  }
  const calls = scopes.flatMap(({ path, call }) => (call ? [`${quote(path)}: ${quote(call)}`] : []))
  if (calls.length > 0) add(`      calls: { ${calls.join(', ')} },`)
  if (members !== undefined) {
    add('      members(exports, require) {')
    chunks.push(...members.chunks.map((chunk) => ({ ...chunk, path })))
    add('      },')
  }
  add('      functions: {')
  functions.forEach(({ text, line, why }, i) => {
    if (i > 0) add('')
    add(`        // ${path}:${line}: ${why}`)
    chunks.push({ text: `        ${text},`, line, path })
  })
  add('      },', '    },')
  return chunks
}

function refusedText({ target, why }: { target: string; why: string }): string[] {
  return ['    {', `      module: ${quote(target)},`, `      refused: ${quote(why)},`, '    },']
}

function fileText({ path, chunk, isModule }: FileBrought): Chunk[] {
  const head = `    ${quote(path)}(require, exports, module, ${isModule ? '$filename' : '__filename, __dirname'}) {`
  return [{ text: head }, chunk, { text: '    },' }]
}
