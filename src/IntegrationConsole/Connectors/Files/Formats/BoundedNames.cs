using System.Xml;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Files.Formats;

/// <summary>
/// The names in one XML file. The reader keeps every name it meets, so a file that makes up new ones without end would
/// fill the memory.
/// </summary>
internal sealed class BoundedNames(string file) : NameTable
{
    private const int MostNames = 100_000;

    private int _count;

    public override string Add(char[] key, int start, int len) => Get(key, start, len) ?? Count(base.Add(key, start, len));

    public override string Add(string key) => Get(key) ?? Count(base.Add(key));

    private string Count(string name) => ++_count <= MostNames ? name : throw new FailureException(new Failure(
        FailureCause.TooLarge, $"{file} has more than {MostNames} different names of elements and attributes.", "names")
    { IsSystemic = true });
}
