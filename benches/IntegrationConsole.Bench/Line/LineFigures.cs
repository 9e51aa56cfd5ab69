namespace IntegrationConsole.Bench.Line;

/// <summary>What one side did in one round, and what it took.</summary>
/// <param name="Cpu">Of the process that moved the records.</param>
/// <param name="DatabaseCpu">Of all of PostgreSQL: the destination's part, and what the console keeps.</param>
/// <param name="PeakBytes">The largest working set of the process meanwhile.</param>
internal sealed record LineFigures(long Records, TimeSpan Wall, TimeSpan Cpu, TimeSpan DatabaseCpu, long PeakBytes)
{
    public double PerSecond => Records / Wall.TotalSeconds;

    public double CpuPerMillion => Cpu.TotalSeconds * 1e6 / Records;

    public double DatabaseCpuPerMillion => DatabaseCpu.TotalSeconds * 1e6 / Records;
}
