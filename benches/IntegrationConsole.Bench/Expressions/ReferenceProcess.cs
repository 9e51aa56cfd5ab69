using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationConsole.Bench.Measuring;

namespace IntegrationConsole.Bench.Expressions;

/// <summary>The language's reference implementation in a process of its own, which measures itself.</summary>
internal sealed class ReferenceProcess : IDisposable
{
    private readonly Process _process;

    private ReferenceProcess(Process process)
    {
        _process = process;
        Name = Answer().GetProperty("name").GetString()!;
    }

    /// <summary>With its version and that of Node.</summary>
    public string Name { get; }

    /// <summary>Null where <c>./bench</c> found no Node or could not fetch the package, and has said so.</summary>
    public static ReferenceProcess? Start()
    {
        if (Environment.GetEnvironmentVariable("BENCH_REFERENCE") is not { Length: > 0 } folder)
        {
            return null;
        }

        var start = new ProcessStartInfo("node") { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Expressions", "reference.js"));
        start.ArgumentList.Add(folder);
        return new ReferenceProcess(Process.Start(start)!);
    }

    /// <summary>Compiles, evaluates once and gives the result.</summary>
    public JsonElement Load(string expression, string input) =>
        Ask(new JsonObject { ["expression"] = expression, ["input"] = input }).GetProperty("result");

    /// <param name="fromBytes">Whether it parses the input for every evaluation, or begins with a value that was parsed before.</param>
    /// <param name="length">How long to go on.</param>
    public Measurement Measure(bool fromBytes, TimeSpan length)
    {
        var answer = Ask(new JsonObject { ["milliseconds"] = length.TotalMilliseconds, ["fromBytes"] = fromBytes });
        return new Measurement(
            answer.GetProperty("count").GetInt64(),
            TimeSpan.FromSeconds(answer.GetProperty("wall").GetDouble()),
            TimeSpan.FromSeconds(answer.GetProperty("cpu").GetDouble()));
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }

    private JsonElement Ask(JsonObject request)
    {
        _process.StandardInput.WriteLine(request.ToJsonString());
        _process.StandardInput.Flush();
        var answer = Answer();
        return answer.TryGetProperty("error", out var error) ? throw new InvalidOperationException($"The reference failed: {error}") : answer;
    }

    private JsonElement Answer() =>
        JsonElement.Parse(_process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The reference ended; its message stands above."));
}
