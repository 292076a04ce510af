/** Runs `fn` and returns what was meanwhile printed as errors and as warnings with a code. */
export async function heard(fn) {
    const errors = [];
    const warnings = [];
    const listener = (warning) => warnings.push(`${warning.code} ${warning.message}`);
    const { error } = console;
    console.error = (line) => errors.push(line);
    process.on('warning', listener);
    try {
        fn();
        await new Promise(setImmediate);
    }
    finally {
        console.error = error;
        process.off('warning', listener);
    }
    return { errors, warnings };
}
//# sourceMappingURL=heard.js.map