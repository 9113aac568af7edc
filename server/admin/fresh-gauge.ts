import { Gauge, type Registry } from 'prom-client';

/** Registers gauges whose values are looked up whenever metrics are read. */
export type FreshGauge = <L extends string>(name: string, help: string, labelNames: readonly L[], collect: (gauge: Gauge<L>) => void) => void;

export function freshGauges(registry: Registry): FreshGauge {
  return <L extends string>(name: string, help: string, labelNames: readonly L[], collect: (gauge: Gauge<L>) => void): void => {
    const own: Gauge<L> = new Gauge({
      name,
      help,
      labelNames,
      registers: [],
      collect: () => {
        own.reset();
        collect(own);
      },
    });
    registry.registerMetric(own);
  };
}
