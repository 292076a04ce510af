/** It cannot be told how one version of what start-up code makes becomes the other. */
export class Untold extends Error {}
