import { expect, test } from 'vitest';
import { CircuitBreaker } from './circuit-breaker.ts';

test('the fifth failure within ten seconds opens the circuit for five', () => {
  let now = 0;
  const circuit = new CircuitBreaker(() => now);
  for (let failure = 0; failure < 4; failure += 1) {
    circuit.failed();
    now += 2_000;
  }
  expect(circuit.closedIn).toBe(0);
  circuit.failed();
  expect(circuit.closedIn).toBe(5);
  now += 4_999;
  expect(circuit.closedIn).toBe(1);
  now += 1;
  expect(circuit.closedIn).toBe(0);
});

test('failures further apart open nothing, and an opened circuit starts counting anew', () => {
  let now = 0;
  const circuit = new CircuitBreaker(() => now);
  for (let failure = 0; failure < 20; failure += 1) {
    circuit.failed();
    now += 2_500;
  }
  expect(circuit.closedIn).toBe(0);
  for (let failure = 0; failure < 5; failure += 1) circuit.failed();
  expect(circuit.closedIn).toBe(5);
  now += 5_000;
  for (let failure = 0; failure < 4; failure += 1) circuit.failed();
  expect(circuit.closedIn).toBe(0);
});
