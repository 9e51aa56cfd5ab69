using System.Runtime.InteropServices;
using IntegrationConsole.Bench.Expressions;
using IntegrationConsole.Bench.Mapping;

// Each bench says whether the results of its sides were the same; a speed without that means nothing.
var benches = new Dictionary<string, Func<bool>>
{
    ["expressions"] = ExpressionBench.Run,
    ["mapping"] = MappingBench.Run,
};

var unknown = args.FirstOrDefault(name => !benches.ContainsKey(name));
if (unknown is not null)
{
    Console.Error.WriteLine($"There is no bench named {unknown}: choose from {string.Join(", ", benches.Keys)}.");
    return 2;
}

Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores");
Console.WriteLine("Rates are per second of processor time of the whole process; ratios are medians of interleaved rounds.");
Console.WriteLine();

var same = true;
foreach (var (name, run) in benches)
{
    if (args.Length == 0 || args.Contains(name))
    {
        same &= run();
    }
}

return same ? 0 : 1;
