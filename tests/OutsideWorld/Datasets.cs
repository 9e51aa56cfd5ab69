using System.Collections.Concurrent;
using static System.Text.Encoding;

namespace OutsideWorld;

/// <summary>What the outside companies have.</summary>
public sealed class Datasets
{
    private readonly ConcurrentDictionary<string, Dataset> _byName = new();

    /// <summary>How answers are compressed for clients that take it: gzip, deflate, br, or identity for not at all.</summary>
    public string Compression { get; set; } = "gzip";

    public Dataset? Find(string name) => _byName.GetValueOrDefault(name);

    public void Put(string name, Dataset dataset) => _byName[name] = dataset;

    public void Put(string name, IEnumerable<string> records) => Put(name, new Dataset([.. records.Select(UTF8.GetBytes)]));

    public void Add(string name, IEnumerable<string> records)
    {
        var before = Find(name);
        Put(name, new Dataset([
            .. Enumerable.Range(0, before?.Count ?? 0).Select(index => before![index]),
            .. records.Select(UTF8.GetBytes)]));
    }
}
