import fc from 'fast-check';

/*
 * Property tests draw the same cases in every run, so that what fails on one machine fails on all.
 * PROPERTY_SEED=n draws others, PROPERTY_SEED=random others in every run: to look for what the usual ones don't find.
 */
const seed = process.env['PROPERTY_SEED'] ?? '20230713';
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });
