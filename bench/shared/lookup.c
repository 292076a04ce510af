/* The table's lookup in C, on a copy of a table's memory: the same chains, the same hash, the same keys in the same
 * order as the JavaScript side. Usage: lookup <memory> <keys> <id> <rounds>; prints nanoseconds of CPU time a lookup, one line a
 * round, and at the end the sum of the bytes it found. See src/shared/layout.ts for what the words are. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { COUNT = 33, REUSED = 34, BUCKETS = 35, HEADER = 8 };

static void *load(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file) exit(1);
  fseek(file, 0, SEEK_END);
  *size = ftell(file);
  rewind(file);
  void *bytes = aligned_alloc(4096, (*size + 4095) & ~(size_t)4095);
  if (fread(bytes, 1, *size, file) != *size) exit(1);
  fclose(file);
  return bytes;
}

static uint32_t hash(uint32_t objLo, uint32_t objHi, uint32_t idLo, uint32_t idHi) {
  uint32_t h = objLo ^ objHi * 0x85ebca6bu ^ (idLo ^ idHi * 0x27d4eb2fu) * 0xc2b2ae35u;
  h = (h ^ h >> 16) * 0x7feb352du;
  h = (h ^ h >> 15) * 0x846ca68bu;
  return h ^ h >> 16;
}

static uint32_t bucket_of(uint32_t h, uint32_t count) {
  uint32_t mask = 0xffffffffu >> __builtin_clz(count - 1);
  uint32_t bucket = h & mask;
  return bucket < count ? bucket : h & mask >> 1;
}

static uint32_t find(const volatile uint32_t *words, uint64_t obj, uint64_t id) {
  uint32_t objLo = obj, objHi = obj >> 32, idLo = id, idHi = id >> 32;
  uint32_t h = hash(objLo, objHi, idLo, idHi);
  uint32_t bucket = bucket_of(h, words[COUNT]);
  for (;;) {
    uint32_t entry = words[words[BUCKETS] + bucket];
    while (entry != 0) {
      if (words[entry + 1] == objLo && words[entry + 3] == idLo && words[entry + 2] == objHi && words[entry + 4] == idHi)
        return entry;
      entry = words[entry];
    }
    uint32_t now = bucket_of(h, words[COUNT]);
    if (now == bucket) return 0;
    bucket = now;
  }
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  size_t size, keysSize;
  uint32_t *words = load(argv[1], &size);
  double *keys = load(argv[2], &keysSize);
  size_t count = keysSize / sizeof *keys;
  uint64_t id = strtoull(argv[3], NULL, 10);
  unsigned sum = 0;
  for (int round = atoi(argv[4]); round > 0; round--) {
    struct timespec a, b;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a);
    for (size_t i = 0; i < count; i++) {
      uint32_t reused = ((volatile uint32_t *)words)[REUSED];
      uint32_t entry = find(words, (uint64_t)keys[i], id);
      if (((volatile uint32_t *)words)[REUSED] != reused) exit(3);
      if (entry != 0) sum += ((volatile uint8_t *)words)[(entry + HEADER) * 4ull];
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &b);
    printf("%f\n", ((b.tv_sec - a.tv_sec) * 1e9 + (b.tv_nsec - a.tv_nsec)) / count);
  }
  printf("%u\n", sum);
  return 0;
}
