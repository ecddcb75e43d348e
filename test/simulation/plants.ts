/**
 * Bugs that somebody could write, put around a part of renewd in a simulation: what finds none of them is no test. None of
 * this is reachable from production code.
 */
import { orderPlants } from './plants-orders.ts';
import { statePlants } from './plants-state.ts';
import { wordPlants } from './plants-words.ts';
import type { Plant } from './settings.ts';

export const plants: readonly Plant[] = [...orderPlants, ...statePlants, ...wordPlants];
