namespace IntegrationConsole.Bench.Measuring;

/// <summary>How much one side did in one round, and what it took.</summary>
/// <param name="Count">Evaluations or records.</param>
/// <param name="Cpu">Of the whole process: its collector and compiler are part of the price.</param>
internal readonly record struct Measurement(long Count, TimeSpan Wall, TimeSpan Cpu)
{
    public double PerCpuSecond => Count / Cpu.TotalSeconds;

    public double PerSecond => Count / Wall.TotalSeconds;
}
