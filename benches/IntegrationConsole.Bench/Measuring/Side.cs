namespace IntegrationConsole.Bench.Measuring;

/// <summary>One of the contestants: works for about a given time and says how far it came.</summary>
internal delegate Measurement Side(TimeSpan length);
