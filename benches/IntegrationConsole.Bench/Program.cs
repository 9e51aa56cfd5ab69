using System.Runtime.InteropServices;
using IntegrationConsole.Bench;
using IntegrationConsole.Bench.Expressions;
using IntegrationConsole.Bench.Mapping;
using IntegrationConsole.Bench.Measuring;

// Each bench says whether the results of its sides were the same; a speed without that means nothing.
var benches = new Dictionary<string, Func<Pace, bool>>
{
    ["expressions"] = ExpressionBench.Run,
    ["mapping"] = MappingBench.Run,
};

var (wishes, problem) = Wishes.Of(args, benches.Keys);
if (problem.Length > 0)
{
    Console.Error.WriteLine(problem);
    return 2;
}

Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores");
Console.WriteLine("Rates are per second of processor time of the whole process; ratios are medians of interleaved rounds.");
if (wishes.Pace == Pace.Quick)
{
    Console.WriteLine("Quick: few and short rounds, so the figures are rough.");
}

Console.WriteLine();

var same = true;
foreach (var (name, run) in benches)
{
    if (wishes.Names.Contains(name))
    {
        same &= run(wishes.Pace);
    }
}

return same ? 0 : 1;
