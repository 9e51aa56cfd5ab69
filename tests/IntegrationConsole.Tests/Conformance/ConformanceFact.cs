namespace IntegrationConsole.Tests.Conformance;

/// <summary>A test over an outside suite, skipped where the suite is not on this machine.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ConformanceFactAttribute : FactAttribute
{
    public ConformanceFactAttribute(string file)
    {
        if (!File.Exists(Path.Combine(Suites.Directory, file)))
        {
            Skip = $"There is no {file} in {Suites.Directory}; CONFORMANCE_DIR names another directory.";
        }
    }
}
