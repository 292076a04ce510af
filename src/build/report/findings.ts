/** Something that a build tells about a place in the new version. */
export interface Finding {
  /** `problem`: it cannot be applied, and no patch is written without `--partial`. */
  severity: 'problem' | 'note'
  /** Relative to the package, in the new version unless the file is gone. */
  file: string
  /** 1-based. */
  line: number
  what: string
  why: string
  /** What the author can do about it. */
  advice: string
}

/** What was done with a function, for `--explain`. */
export interface Deed {
  file: string
  line: number
  /** The function's path in the running version, or the names that were added. */
  what: string
  why: string
}
