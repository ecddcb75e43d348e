/** Properties draw the same cases in every run: a kill is no luck. */
import fc from 'fast-check';

fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_122 });
