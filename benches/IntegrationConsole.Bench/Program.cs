using System.Runtime.InteropServices;
using IntegrationConsole.Bench;
using IntegrationConsole.Bench.Expressions;
using IntegrationConsole.Bench.Limits;
using IntegrationConsole.Bench.Line;
using IntegrationConsole.Bench.Mapping;
using IntegrationConsole.Bench.Measuring;
using IntegrationConsole.Bench.Pages;

if (args is ["--limit"])
{
    return await LimitProcess.RunAsync();
}

if (args is ["--quartz", var database, var threads])
{
    return await BareQuartz.RunAsync(database, int.Parse(threads, System.Globalization.CultureInfo.InvariantCulture));
}

if (args is ["--hook", var hooks, var address, var secret])
{
    return await BareWebhook.RunAsync(hooks, address, secret);
}

// Each bench says whether the results of its sides were the same; a speed without that means nothing.
var benches = new Dictionary<string, Func<Pace, Results, bool>>
{
    ["expressions"] = ExpressionBench.Run,
    ["mapping"] = MappingBench.Run,
};

// These go through the product, and share the processes that takes.
var lines = new Dictionary<string, Func<LineBed, Pace, Results, Task<bool>>>
{
    ["rest-to-postgres"] = LineBench.RestToPostgresAsync,
    ["csv-to-postgres"] = LineBench.CsvToPostgresAsync,
    ["postgres-to-rest"] = SendingBench.RunAsync,
    ["starts"] = StartsBench.RunAsync,
    ["webhooks"] = WebhookBench.RunAsync,
    ["fairness"] = FairnessBench.RunAsync,
    ["items"] = ItemsBench.RunAsync,

    // The large lookup table stays in the console's memory: whoever measures that comes before.
    ["memory"] = MemoryBench.RunAsync,
    ["lookup"] = LookupBench.RunAsync,
};

// The first needs a browser, and minutes for its database at the first time, the other a quarter of an hour and room on
// the disk: only where they are asked for by name.
const string Pages = "pages";
const string LargeFile = "large-file";

var (wishes, problem) = Wishes.Of(args, usual: [.. benches.Keys, .. lines.Keys], onlyByName: [Pages, LargeFile]);
lines[LargeFile] = MemoryBench.LargeFileAsync;
if (problem.Length > 0)
{
    Console.Error.WriteLine(problem);
    return 2;
}

Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} cores");
Console.WriteLine("Rates of expressions and mappings are per second of processor time; ratios are medians of interleaved rounds.");
if (wishes.Pace == Pace.Quick)
{
    Console.WriteLine("Quick: few and short rounds, so the figures are rough.");
}

Console.WriteLine();

var results = new Results(wishes.File);
var same = true;
foreach (var (name, run) in benches)
{
    if (wishes.Names.Contains(name))
    {
        Take(name, run(wishes.Pace, results));
    }
}

if (wishes.Names.Contains(Pages))
{
    Take(Pages, await PagesBench.RunAsync(wishes.Pace, results));
}

if (lines.Keys.Any(wishes.Names.Contains))
{
    await using var bed = await LineBed.StartAsync();
    foreach (var (name, run) in lines)
    {
        if (wishes.Names.Contains(name))
        {
            Take(name, await run(bed, wishes.Pace, results));
        }
    }
}

results.Write(wishes.Pace);
return same ? 0 : 1;

void Take(string name, bool isSame)
{
    same &= isSame;
    if (!isSame)
    {
        results.Differ(name);
    }
}
