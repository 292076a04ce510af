/** Opens the table and says how many threads have it open then. */
export async function open(handle) {
    Reflect.deleteProperty(globalThis, 'process');
    const { SharedShadowTable } = await import('umbra/shared');
    return SharedShadowTable.open(handle).stats().threads;
}
//# sourceMappingURL=nodeless.js.map