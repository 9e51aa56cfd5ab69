using System.Globalization;
using System.Text;

namespace IntegrationConsole.Access;

/// <summary>Entries of the trail as a table, each with the hash that binds it to the one before.</summary>
public static class AuditCsv
{
    public static string Of(IReadOnlyList<AuditEntry> entries)
    {
        var text = new StringBuilder("number,at,who,did,kind,id,name,details,result,hash\r\n");
        foreach (var entry in entries)
        {
            string[] cells =
            [
                entry.Seq.ToString(CultureInfo.InvariantCulture), entry.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), entry.Actor, entry.Action, entry.ObjectKind, entry.ObjectId,
                entry.ObjectName, entry.Detail, entry.Result.ToString(), Convert.ToHexStringLower(entry.Hash),
            ];
            text.AppendJoin(',', cells.Select(Quoted)).Append("\r\n");
        }

        return text.ToString();
    }

    /// <summary>What begins like a formula would be one in a spreadsheet.</summary>
    private static string Quoted(string cell) => $"\"{(cell.Length > 0 && cell[0] is '=' or '+' or '-' or '@' ? "'" : "")}{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
