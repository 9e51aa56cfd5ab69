namespace IntegrationConsole.Bench.Measuring;

/// <summary>A figure beside its goal.</summary>
/// <param name="IsMost">The goal is a most; otherwise a least.</param>
internal sealed record Verdict(string Bench, string Figure, double Value, double Goal, bool IsMost, bool IsMet);
