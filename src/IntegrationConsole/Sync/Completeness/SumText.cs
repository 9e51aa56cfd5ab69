using System.Globalization;

namespace IntegrationConsole.Sync.Completeness;

/// <summary>A run's sum as people compare it: 32 hexadecimal digits.</summary>
public static class SumText
{
    /// <param name="sum">As the database keeps it: a decimal number.</param>
    public static string Of(string sum) => UInt128.Parse(sum, NumberStyles.None, CultureInfo.InvariantCulture).ToString("x32", CultureInfo.InvariantCulture);
}
