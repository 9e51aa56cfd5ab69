using System.Runtime.InteropServices;
using System.Text.Json;

namespace IntegrationConsole.Bench.Measuring;

/// <summary>What was measured, for programs: written to a file when all benches are through.</summary>
internal sealed class Results(string file)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly Dictionary<string, JsonElement> _benches = [];

    public void Add(string bench, JsonElement figures) => _benches[bench] = figures;

    public void Write(Pace pace)
    {
        if (_benches.Count == 0)
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.WriteAllText(file, JsonSerializer.Serialize(
            new { framework = RuntimeInformation.FrameworkDescription, cores = Environment.ProcessorCount, quick = pace == Pace.Quick, benches = _benches }, Json));
        Console.WriteLine($"Written to {file}.");
    }
}
