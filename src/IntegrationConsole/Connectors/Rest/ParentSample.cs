using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>
/// The parents of a stream, each once, in the order in which they came. Where there are more than can be kept, every second
/// one is dropped by its hash, again and again: what is left stands for all, and is cut at ids in place of lists.
/// </summary>
internal sealed class ParentSample(int mostIds, long mostLetters)
{
    /// <summary>So many ids, and letters in them, are kept with the parts of a run.</summary>
    public const int MostIds = 100_000;

    /// <inheritdoc cref="MostIds"/>
    public const long MostLetters = 4_000_000;

    private readonly HashSet<string> _known = [];
    private List<string> _tokens = [];
    private long _letters;
    private int _halvings;
    private int _unfit;

    private bool IsWhole => _halvings == 0;

    public void Add(ParentId id)
    {
        if (!id.FitsAddress)
        {
            if (++_unfit > mostIds && IsWhole)
            {
                Halve();
            }

            return;
        }

        var token = id.Token;
        if (!IsKept(token) || !_known.Add(token))
        {
            return;
        }

        _tokens.Add(token);
        _letters += token.Length;
        while (_tokens.Count > mostIds || _letters > mostLetters)
        {
            Halve();
        }
    }

    /// <returns>No more ranges than there are parents. Those without an id belong to the last list, which has to tell of them; with ranges, to the first.</returns>
    public IReadOnlyList<KeyRange> Cut(int parts)
    {
        if (!IsWhole)
        {
            var ids = _tokens.Select(token => ParentId.Parse(token).Text).Distinct().Order(StringComparer.Ordinal).ToList();
            return ids.Count == 0 ? [] : KeyRange.Between([.. Enumerable.Range(1, parts - 1).Select(part => ids[(int)((long)part * ids.Count / parts)]).Distinct()]);
        }

        var lists = Math.Min(parts, _tokens.Count);
        var unfit = Enumerable.Repeat(ParentId.None.Token, _unfit);
        return
        [
            .. Enumerable.Range(0, lists).Select(part => new KeyRange(null, null)
            {
                Ids = [.. _tokens[At(part)..At(part + 1)], .. part == lists - 1 ? unfit : []],
            }),
        ];

        int At(int part) => (int)((long)part * _tokens.Count / lists);
    }

    private void Halve()
    {
        _halvings++;
        _tokens = [.. _tokens.Where(IsKept)];
        _known.Clear();
        _known.UnionWith(_tokens);
        _letters = _tokens.Sum(token => (long)token.Length);
    }

    private bool IsKept(string token) => IsWhole || BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(token))) << (64 - _halvings) == 0;
}
